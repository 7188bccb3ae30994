"""(m) What one posting costs the worker, counted so that a busy machine does not change it: statements and Python
calls; beside them CPU time, of this process and of PostgreSQL."""

import cProfile
import os
import pstats
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection

from exact.lane.lane import run_lane
from exact.models import Division, Lane, Posting
from exports.way.ended_postings import settle
from tools.bench.kernel import cpu_s
from tools.bench.place import Place, nothing_open, wait_for
from tools.bench.pushes import push_all
from tools.bench.rows import waiting_closings

# How many closings in how many lanes: a long backlog, and a night of many tills with one closing each.
SHAPES = {"a long lane": (400, 1), "a lane a closing": (80, 80)}
LINES_OF_PROFILE = 60


def measure_posting(place: Place) -> None:
    """Both shapes, each once with counters and once under the profiler."""
    shop = place.shops[-1]
    division = Division.objects.get(code=shop.division)
    with place.serving(), place.working():
        push_all(place.web_url, place.loads([shop], 2))
        wait_for(nothing_open, "the first closings")
    Lane.objects.update(leased_until=None)  # the worker was killed, perhaps within its lane
    found, made = place.results.setdefault("m", {}), 0
    for name, (closings, lanes) in SHAPES.items():
        each = closings // lanes
        counts, profile = Counts(place), cProfile.Profile()
        for watch in (counts.watch, _profiling(profile)):
            for lane in range(lanes):
                waiting_closings(division, each, already=made, analyze=not lane)
                made += each
                with watch():
                    run_lanes(division)
                left = Posting.objects.filter(division=division, state="pending").count()
                assert not left, f"{left} postings were left by the lane"
        found |= {f"{name}: {what}": round(sum_ / closings / 2, 2) for what, sum_ in counts.sums.items()}
        calls = _save(profile, place.processes.logs.parent / f"{name.replace(' ', '-')}.txt")
        found[f"{name}: Python calls per posting"] = round(calls / closings / 2)


def run_lanes(division: Division) -> None:
    """Work in a lane until it is empty."""
    while run_lane(division.pk, holder=f"bench:{os.getpid()}", settled=settle):
        pass


class Counts:
    """Statements and CPU milliseconds, summed over what was watched."""

    def __init__(self, place: Place) -> None:
        self.sums = {"statements per posting": 0.0, "worker's CPU ms per posting": 0.0, "PostgreSQL's": 0.0}
        self._server = place.stores.database.pid

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Add what happens inside to the sums: statements, and CPU of this process and of PostgreSQL."""
        server = cpu_s(self._server)
        own = time.process_time()
        with connection.execute_wrapper(self._count):
            yield
        self.sums["worker's CPU ms per posting"] += (time.process_time() - own) * 1000
        self.sums["PostgreSQL's"] += (cpu_s(self._server) - server) * 1000

    def _count(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.sums["statements per posting"] += 1
        return execute(*arguments)


def _profiling(profile: cProfile.Profile) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def watch() -> Iterator[None]:
        profile.enable()
        try:
            yield
        finally:
            profile.disable()

    return watch


def _save(profile: cProfile.Profile, path: Any) -> int:
    """Write the hottest functions into a file. Returns how many calls there were."""
    with path.open("w") as file:
        stats = pstats.Stats(profile, stream=file)
        for order in ("tottime", "cumtime"):
            stats.sort_stats(order).print_stats(LINES_OF_PROFILE)
    calls: int = stats.total_calls  # type: ignore[attr-defined]
    return calls
