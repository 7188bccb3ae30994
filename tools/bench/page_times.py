"""(l) What each page of the console costs with a million closings behind it, asked by a person of each role.

Measured in the server, through all of Django, without a network: the processor's time for the request and for its
session in PostgreSQL, which is the same on a busy machine, and beside it the time by the clock.
"""

import csv
import gc
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exports.models import StoredClosing
from tenants.models import Reseller, User
from tools.bench.kernel import ran_s
from tools.bench.pages import further_pages_of, pages_of
from tools.bench.people import logged_in, one_of_each_role
from tools.bench.place import Place, value
from tools.bench.size import rows_wanted
from tools.bench.volume import FIRST_RESELLER, customers, store_closings

RESELLERS, TENANTS, TILLS = 20, 2_000, 5_000
DAYS_AT_ONCE = 4  # more would keep PostgreSQL longer at one statement than a session waits for
REPEATS = 5
SLOWEST_MS = 300
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCost:
    """One page as one role asks for it; milliseconds are the median of some times."""

    role: str
    page: str
    web_ms: float
    database_ms: float
    clock_ms: float
    queries: int
    kilobytes: float

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU in both processes: what a page costs whatever else the machine does meanwhile."""
        return self.web_ms + self.database_ms


def measure_pages(place: Place) -> None:
    """What the slowest pages of each role cost; all of them stand in `pages.csv`."""
    reseller = Reseller.objects.get(name=FIRST_RESELLER) if place.kept.stored else store_a_million()
    place.kept.remember()
    gc.collect()
    gc.freeze()  # as the web tier does once it has loaded
    load = os.getloadavg()[0]
    found = place.results.setdefault("l", {})
    costs = [it for person in one_of_each_role(reseller) for it in costs_of(person)]
    found["closings"] = StoredClosing.objects.count()
    found["load of the machine before and after"] = f"{load:.1f}, {os.getloadavg()[0]:.1f}"
    found |= told(costs)
    write(costs, place.processes.logs.parent / "pages.csv")


def store_a_million() -> Reseller:
    """Store the customers and their closings. Returns a reseller of some of them."""
    reseller = customers(resellers=RESELLERS, tenants=TENANTS, tills=TILLS)
    days = max(1, rows_wanted() // TILLS)
    for first in range(0, days, DAYS_AT_ONCE):
        store_closings(first, min(first + DAYS_AT_ONCE, days))
        print(f"  … {min(first + DAYS_AT_ONCE, days) * TILLS} closings stored", end="\r", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return reseller


def told(costs: Iterable[PageCost]) -> dict[str, object]:
    """The figures of the table: each role's pages, those that are slower than they may be, and its slowest."""
    found: dict[str, object] = {}
    by_role: dict[str, list[PageCost]] = {}
    for it in sorted(costs, key=lambda it: -it.cpu_ms):
        by_role.setdefault(it.role, []).append(it)
    for role, pages in sorted(by_role.items()):
        slow = [it for it in pages if it.cpu_ms > SLOWEST_MS]
        found[f"{role}: pages"] = len(pages)
        found[f"{role}: over {SLOWEST_MS} ms"] = len(slow)
        found |= {f"{role}: {it.page}": f"{it.cpu_ms:.0f}" for it in pages[: max(SHOWN, len(slow))]}
    return found


def write(costs: Iterable[PageCost], path: Path) -> None:
    """Write all costs, the dearest first."""
    rows = [asdict(it) for it in sorted(costs, key=lambda it: -it.cpu_ms)]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def costs_of(person: User) -> list[PageCost]:
    """What each page costs that this person can read. PostgreSQL works in one process, whose time can be read."""
    client = logged_in(person)
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    costs = []
    for name, address in (pages_of(person) | further_pages_of(person)).items():
        reset_queries()  # what all pages asked together is more than is kept
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        queries = len(asked)  # the next request forgets them
        if answer.status_code == 200:
            size = sum(map(len, answer)) / 1024  # a stream, too, is read
            clock, web, database = times_of(client, address)
            costs.append(
                PageCost(
                    role=str(person.role),
                    page=name,
                    web_ms=round(web, 1),
                    database_ms=round(database, 1),
                    clock_ms=round(clock, 1),
                    queries=queries,
                    kilobytes=round(size, 1),
                )
            )
    return costs


def times_of(client: Client, address: str) -> tuple[float, float, float]:
    """Milliseconds of one page by the clock, of this process and of its session, the median of some times each."""
    session = value("SELECT pg_backend_pid()")
    runs = []
    for _repeat in range(REPEATS):
        begun = time.perf_counter(), time.process_time(), ran_s(session)
        for _piece in client.get(address):
            pass
        ended = time.perf_counter(), time.process_time(), ran_s(session)
        runs.append([(after - before) * 1000 for before, after in zip(begun, ended, strict=True)])
    clock, web, database = (median(figures) for figures in zip(*runs, strict=True))
    return clock, web, database
