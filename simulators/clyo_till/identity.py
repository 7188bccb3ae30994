"""Who a till is: its server and key, in a file that only its user may read."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


class NotPaired(Exception):
    """The till has no key yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The server's address and the till's key."""

    server: str
    key: str

    @classmethod
    def load(cls, state: Path) -> "Identity":
        """Raises `NotPaired`."""
        try:
            return cls(**json.loads((state / "identity.json").read_text()))
        except FileNotFoundError as missing:
            raise NotPaired from missing

    def save(self, state: Path) -> None:
        """Keep it below `state`, durably: a key is shown once and cannot be asked for again."""
        state.mkdir(parents=True, exist_ok=True)
        write_durably(state / "identity.json", json.dumps(asdict(self)).encode())


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after a power cut it is there whole or not at all, readable by its owner alone.

    Each writer has a draft of its own: two processes may write the same file at once.
    """
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
