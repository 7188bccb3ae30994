"""Clients that push as fast as they are answered, or at a given pace; each on one kept connection."""

import http.client
import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from tools.fleet.closings import closings
from tools.fleet.shops import Shop


@dataclass(slots=True)
class Rate:
    """What a load met: answers a second and their delays."""

    seconds: float
    delays_s: list[float] = field(default_factory=list)

    @property
    def a_second(self) -> float:
        """Answers a second, over the whole of the load."""
        return len(self.delays_s) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """0.99: the delay that 99 of 100 answers kept within."""
        ordered = sorted(self.delays_s)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


class Bodies:
    """The closings of one till that were not pushed yet, as bytes."""

    def __init__(self, shop: Shop, seed: str) -> None:
        self.shop = shop
        self._documents = closings(seed, first=shop.first)

    def take(self, count: int) -> list[bytes]:
        """The next `count` of them, each once."""
        return [json.dumps(document, ensure_ascii=False).encode() for document in islice(self._documents, count)]


def push_all(url: str, loads: Iterable[tuple[Shop, list[bytes]]], *, a_second: float | None = None) -> Rate:
    """Push every till's bodies, each till on a thread of its own; `a_second`: at that pace in all, whatever comes."""
    prepared = [*loads]
    gate, begun = threading.Barrier(len(prepared) + 1), time.perf_counter()
    delays: list[list[float]] = [[] for _ in prepared]
    pause_s = len(prepared) / a_second if a_second else None
    threads = [
        threading.Thread(target=_push, args=(url, shop, bodies, gate, delays[place], pause_s, place / len(prepared)))
        for place, (shop, bodies) in enumerate(prepared)
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return Rate(time.perf_counter() - begun, [delay for of_one in delays for delay in of_one])


def _push(
    url: str,
    shop: Shop,
    bodies: list[bytes],
    gate: threading.Barrier,
    delays: list[float],
    pause_s: float | None,
    turn: float,
) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {shop.key}", "Content-Type": "application/json"}
    gate.wait()
    for body, due in zip(bodies, _times(pause_s, turn), strict=False):
        time.sleep(max(0.0, due - time.perf_counter()))
        begun = time.perf_counter() if pause_s is None else due
        connection.request("POST", "/api/v1/closings", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == http.client.CREATED, answer.status
        delays.append(time.perf_counter() - begun)
    connection.close()


def _times(pause_s: float | None, turn: float) -> Iterator[float]:
    """When each push is due: tills take turns, they do not push in step; `turn` is a share of the pause.

    A push that begins late because the one before took long has waited since it was due.
    """
    now = time.perf_counter() + turn * (pause_s or 0.0)
    while True:
        yield now
        now += pause_s or 0.0
