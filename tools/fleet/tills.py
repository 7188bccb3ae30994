"""Tills that push in threads, as `simulators.clyo_till` does it, and a record of what each pushed and when."""

import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from simulators.clyo_till.identity import Identity
from simulators.clyo_till.push import GivenUp, Patience
from simulators.clyo_till.server import Refused, Server, TryAgain
from simulators.clyo_till.till import Clyo
from tools.fleet.closings import Document, closings
from tools.fleet.shops import Shop

LONGEST_WAIT_S = 2.0
AGAIN_SHARE = 0.05


@dataclass(slots=True, kw_only=True)
class Pushed:
    """One closing a till pushed, and when it began and was acknowledged (seconds of one clock)."""

    shop: Shop
    document: Document
    begun_at: float
    acknowledged_at: float | None = None
    refused: str = ""


@dataclass(slots=True)
class Fleet:
    """All tills of a run. They push at their pace until `stop`, then `join` waits until each has pushed its last."""

    server: str
    folder: Path
    seed: str
    every_s: float
    give_up_after_s: float
    pushed: list[Pushed] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, shops: list[Shop]) -> None:
        """Let each till push on a thread of its own, with a spool of its own on disk."""
        for shop in shops:
            Identity(server=self.server, key=shop.key).save(self.folder / shop.name)
            thread = threading.Thread(target=self._push_all, args=(shop,), name=shop.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """No new closing; what is on a till's disk is still pushed."""
        self._stop.set()

    def still_pushing(self) -> int:
        """How many tills are not through yet."""
        return sum(thread.is_alive() for thread in self._threads)

    def _push_all(self, shop: Shop) -> None:
        dice = random.Random(f"{self.seed} {shop.name}")  # noqa: S311 - a repeatable run, no secret
        with httpx.Client() as http:
            till = Clyo(self.folder / shop.name, http, _silent)
            for document, path in self._on_disk(shop):
                if self._stop.wait(self.every_s * (0.5 + dice.random())):
                    return
                pushed = Pushed(shop=shop, document=document, begun_at=time.monotonic())
                self.pushed.append(pushed)
                self._push(till, path, pushed)
                if dice.random() < AGAIN_SHARE:
                    _push_again(Server(http, self.server, shop.key), path)

    def _on_disk(self, shop: Shop) -> Iterator[tuple[Document, Path]]:
        folder = self.folder / shop.name / "closings"
        folder.mkdir(parents=True, exist_ok=True)
        for document in closings(f"{self.seed} {shop.name}", first=shop.first):
            path = folder / f"{document['number']}.json"
            path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
            yield document, path

    def _push(self, till: Clyo, path: Path, pushed: Pushed) -> None:
        try:
            refusals = till.push([path], Patience(_wait, self.give_up_after_s))
        except GivenUp:
            return
        except Refused as key_trouble:
            refusals = [key_trouble]
        if refusals:
            pushed.refused = str(refusals[0])
        else:
            pushed.acknowledged_at = time.monotonic()


def _push_again(server: Server, path: Path) -> None:
    """A till that forgot the answer, as one does that was switched off: the same closing once more."""
    try:
        server.push(path.read_bytes())
    except TryAgain:
        return


def _wait(seconds: float) -> None:
    """A till may wait five minutes between two tries; a run that lasts five minutes cannot."""
    time.sleep(min(seconds, LONGEST_WAIT_S))


def _silent(_word: str, _what: str) -> None:
    """The shop keeper is not told: there are dozens of them."""
