"""Closings on the till's disk: waiting, then sent or refused. Each is stored here before it is sent."""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from .identity import write_durably


class Busy(Exception):
    """Another process is sending from this spool."""


class Spool:
    """Three folders: `waiting`, `sent`, `refused`. A crash between two steps leads to a repeat, never to a loss."""

    def __init__(self, state: Path) -> None:
        self._state = state
        for name in ("waiting", "sent", "refused"):
            (state / name).mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> Path:
        """Keep a closing for sending; the same one again is the same file, another content another file.

        The name sorts by the closing's number. Raises `ValueError` for what is not a closing at all.
        """
        try:
            number = f"{json.loads(content)['number']:012d}"
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"not a closing: {content[:40]!r}") from error
        name = f"{number}-{hashlib.sha256(content).hexdigest()[:16]}.json"
        path = self._state / "waiting" / name
        if not (self._state / "sent" / name).exists():
            write_durably(path, content)
        return path

    def waiting(self) -> list[Path]:
        """What is to be sent, in the order of its numbers."""
        return sorted((self._state / "waiting").glob("[!.]*.json"))

    def take_back(self, number: int, since: str | None) -> int:
        """Put what was sent and closed after `since` (ISO 8601; None: all) among what waits, once for each `number`.

        A crash in between leads to the same asking again. Returns how many.
        """
        done = self._state / "sent_again"
        if done.exists() and int(done.read_text()) >= number:
            return 0
        begin = datetime.fromisoformat(since) if since else None
        back = [it for it in (self._state / "sent").glob("[!.]*.json") if begin is None or _read_closed_at(it) > begin]
        for path in back:
            path.replace(self._state / "waiting" / path.name)
        write_durably(done, str(number).encode())
        return len(back)

    def count(self, folder: str) -> int:
        """How many closings lie in `waiting`, `sent` or `refused`."""
        return len([*(self._state / folder).glob("[!.]*.json")])

    def sent(self, path: Path, answer: Mapping[str, Any]) -> None:
        """A closing was taken: keep what the server said beside it."""
        self._finish(path, "sent", answer)

    def refused(self, path: Path, answer: Mapping[str, Any]) -> None:
        """A closing was refused for good: it is kept for a person, with what the server said."""
        self._finish(path, "refused", answer)

    def _finish(self, path: Path, folder: str, answer: Mapping[str, Any]) -> None:
        """The answer first, then the move: a closing is never in `sent` without what the server said."""
        target = self._state / folder / path.name
        write_durably(target.with_suffix(".answer"), json.dumps(answer, ensure_ascii=False).encode())
        path.replace(target)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Only one process at a time sends. Raises `Busy`."""
        with (self._state / "sending.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy(str(self._state)) from error
            yield


def _read_closed_at(path: Path) -> datetime:
    return datetime.fromisoformat(json.loads(path.read_bytes())["closed_at"])
