"""The environment of a measurement: the programs, their stores, the customers, and what the sections share."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.db import connection

from tools.bench.kept import Kept
from tools.bench.kernel import cpu_s
from tools.bench.pushes import Bodies
from tools.fleet.shops import Shop
from tools.stack.processes import Processes, ProgramFailed
from tools.stack.product import beat, exact, web, worker
from tools.stack.stores import Stores

WEB_THREADS = 16
WORKER_THREADS = int(os.environ.get("THREADS") or 32)
DONE_TIMEOUT_S = 900.0
POLL_S = 0.1
OPEN = "SELECT count(*) FROM exact_posting WHERE state IN ('pending', 'sending', 'unknown', 'sought', 'removing')"


@dataclass(slots=True, kw_only=True)
class Place:
    """One run's programs and customers. `results` collects what the sections found, by the letter of each."""

    processes: Processes
    stores: Stores
    web_url: str
    exact_url: str
    kept: Kept
    shops: list[Shop] = field(default_factory=list)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, Bodies] = field(default_factory=dict)

    def take_in(self, shops: list[Shop]) -> None:
        """The customers of all sections."""
        self.shops = shops
        self.write_for(shops)

    def write_for(self, shops: list[Shop]) -> None:
        """Prepare closings of these tills to push."""
        self.bodies |= {shop.name: Bodies(shop, f"bench {shop.name}") for shop in shops}

    def one_a_division(self) -> list[Shop]:
        """The first till of each company."""
        return one_a_division(self.shops)

    def loads(self, shops: list[Shop], closings: int) -> list[tuple[Shop, list[bytes]]]:
        """So many closings of these tills in all, none pushed before."""
        each = -(-closings // len(shops))
        return [(shop, self.bodies[shop.name].take(each)) for shop in shops]

    def start_exact(self, *options: str) -> None:
        """Start the simulated Exact with these options of its command, and wait until it answers."""
        self.processes.start("exact", *exact(self.exact_url, self.processes.logs.parent / "exact", *options))
        self.processes.wait_for("exact", f"{self.exact_url}/_control/clock")

    def control(self, method: str, path: str, **options: Any) -> Any:
        """Ask the simulated Exact's control address. Raises for any answer that is no success."""
        answer = httpx.request(method, f"{self.exact_url}/_control/{path}", timeout=60, **options)
        answer.raise_for_status()
        return answer.json()

    @contextmanager
    def serving(self, application: str = "integration.wsgi:application") -> Iterator[None]:
        """The web tier."""
        self.processes.start("web", *web(self.web_url, threads=WEB_THREADS, application=application))
        self.processes.wait_for("web", f"{self.web_url}/health/")
        try:
            yield
        finally:
            self.processes.kill("web")

    @contextmanager
    def working(self, *, workers: int = 1, threads: int = WORKER_THREADS) -> Iterator[None]:
        """Worker processes and the beat."""
        names = [f"worker-{number}" for number in range(1, workers + 1)]
        for name in names:
            self.processes.start(name, *worker(name, threads=threads))
        self.processes.start("beat", *beat(self.processes.logs / "beat.db"))
        try:
            yield
        finally:
            for name in (*names, "beat"):
                self.processes.kill(name)

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds so far, by program."""
        programs = {
            name: self.processes.pid(name) for name in ("web", "worker-1", "beat") if self.processes.alive(name)
        }
        stores = {"PostgreSQL": self.stores.database.pid, "broker": self.stores.broker.pid}
        return {name: cpu_s(pid) for name, pid in (programs | stores).items()}


def one_a_division(shops: list[Shop]) -> list[Shop]:
    """The first till of each company among them."""
    return [*{shop.division: shop for shop in reversed(shops)}.values()]


def value(sql: str, parameters: list[Any] | None = None) -> Any:
    """The first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])
        row = cursor.fetchone()
    return row[0] if row else None


def wait_for(ready: Callable[[], bool], what: str, timeout_s: float = DONE_TIMEOUT_S) -> None:
    """Raises `ProgramFailed` when it takes too long."""
    deadline = time.monotonic() + timeout_s
    while not ready():
        if time.monotonic() > deadline:
            raise ProgramFailed(f"{what} did not come within {timeout_s:.0f} s")
        time.sleep(POLL_S)


def nothing_open() -> bool:
    """Whether every posting has come to an end."""
    return not value(OPEN)
