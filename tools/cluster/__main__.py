"""`make chaos CLUSTER=1`: MINUTES=10 SEED=… TENANTS=6 RATE=2 EVERY=60 python -m tools.cluster. Needs root.

Exits with 1 unless every fault's count is 0. How long nothing could be written is told, and is no fault.
"""

import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tools.chaos.collisions import collisions
from tools.chaos.report import say
from tools.chaos.verdict import Verdict, compare
from tools.cluster.blows import Blow, Planned, planned
from tools.cluster.database_host import FAKETIME
from tools.cluster.installed import cluster_home, ensure_programs, install_patroni
from tools.cluster.network import be_apart, make_network
from tools.cluster.prober import Prober
from tools.cluster.report import Outcome, Suffered, print_outcome, write_outcome
from tools.cluster.stage import Stage
from tools.fleet.tills import Fleet
from tools.stack.debian import ProgramMissing
from tools.stack.processes import ProgramFailed
from tools.stack.services import CLONE

QUIET_TIMEOUT_S = 300.0
# A till keeps trying for as long as a run can last.
GIVE_UP_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How big a run is: its length, its customers, closings a second in all, and seconds between two blows."""

    seed: str
    minutes: float
    tenants: int
    closings_a_second: float
    blow_every_s: float


@dataclass(slots=True, kw_only=True)
class Busy:
    """Who is at work during a run: the tills of each web host, and those who measure."""

    fleets: list[Fleet]
    probers: list[Prober]

    def stop_measuring(self) -> None:
        """Stop every prober, and wait until each has ended."""
        for prober in self.probers:
            prober.stop()


def main(arguments: list[str]) -> int:
    if os.geteuid() != 0:
        say("chaos with CLUSTER=1 needs root: hosts are network namespaces, disks are mounts")
        return 2
    if arguments != ["inside"]:
        try:
            ensure_programs()
            install_patroni(cluster_home())
        except ProgramMissing as missing:
            say(str(missing))
            return 2
        be_apart("tools.cluster")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return 0 if run(_pace(), CLONE / ".local" / "cluster-run").good else 1
    except ProgramFailed as failure:
        say(f"failed: {failure}")
        return 1
    except KeyboardInterrupt:
        say("interrupted; everything is stopped")
        return 130


def run(pace: Pace, home: Path) -> Outcome:
    """A whole run: make the machines, start everything, let it be hit, wait until it is quiet, compare."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "logs").mkdir(parents=True)
    say(f"seed {pace.seed}, {pace.minutes:g} minutes, a blow every {pace.blow_every_s:g} s; logs in {home / 'logs'}")
    make_network()
    stage = Stage(home / "logs")
    try:
        return _play(pace, home, stage)
    finally:
        stage.end()


def _play(pace: Pace, home: Path, stage: Stage) -> Outcome:
    stage.start_databases()
    os.environ.update(stage.environment)
    stage.migrate()
    stage.start_exact()
    import django

    django.setup()
    # Read only now: they are Django's models' users.
    from tools.chaos.database import fill_in, open_work
    from tools.fleet.customers import set_up

    shops = set_up(stage.exact_url, tenants=pace.tenants)
    stage.start_services()
    busy = _begin(pace, home, stage, len(shops))
    for place, fleet in enumerate(busy.fleets):
        fleet.start(shops[place::2])
    say(f"{len(shops)} tills push at two web hosts")
    not_run = frozenset[Blow]() if FAKETIME.exists() else frozenset({Blow.STEP_CLOCK})
    suffered = _storm(pace, stage, busy, not_run)
    for fleet in busy.fleets:
        fleet.stop()
    quiet = _wait_until_quiet(stage, busy.fleets, open_work)
    busy.stop_measuring()
    pushed = [one for fleet in busy.fleets for one in fleet.pushed]
    verdict = Verdict(pushed=len(pushed), acknowledged=sum(one.acknowledged_at is not None for one in pushed))
    fill_in(verdict, pushed)
    verdict.two_in_a_lane += collisions(home / "logs")
    compare(pushed, {division: stage.books(division) for division in {shop.division for shop in shops}}, verdict)
    outcome = Outcome(
        verdict=verdict,
        suffered=suffered,
        lost_writes=[f"{prober.name} {number}" for prober in busy.probers for number in prober.lost()],
        errors_500=sum(
            log.read_text(errors="replace").count("api_failed") for log in (home / "logs").glob("web-*.log")
        ),
        writes={prober.name: len(prober.acknowledged) for prober in busy.probers},
        failures={prober.name: prober.failures for prober in busy.probers},
        restarts={host.name: host.restarts for host in stage.hosts if host.restarts},
        quiet_s=quiet,
        not_run=[f"{blow}: libfaketime is not installed, and no namespace has a clock of its own" for blow in not_run],
    )
    print_outcome(outcome)
    write_outcome(home / "report.json", outcome, {"seed": pace.seed, "minutes": pace.minutes})
    return outcome


def _begin(pace: Pace, home: Path, stage: Stage, tills: int) -> Busy:
    probers = [Prober("proxy", stage.url_of_proxy), Prober("hosts", stage.url_of_hosts)]
    for prober in probers:
        prober.start()
    fleets = [
        Fleet(
            server=url,
            folder=home / "tills",
            seed=pace.seed,
            every_s=tills / pace.closings_a_second,
            give_up_after_s=GIVE_UP_AFTER_S,
        )
        for url in stage.web_urls
    ]
    return Busy(fleets=fleets, probers=probers)


def _storm(pace: Pace, stage: Stage, busy: Busy, not_run: frozenset[Blow]) -> list[Suffered]:
    """Perform the plan. Each blow begins when the machines are whole again, at its time at the earliest."""
    begun, suffered = time.monotonic(), list[Suffered]()
    length_s = pace.minutes * 60
    for what in planned(pace.seed, length_s=length_s, every_s=pace.blow_every_s, without=not_run):
        _watch_until(begun + what.at_s, stage)
        stage.wait_until_whole()
        suffered.append(_suffer(what, stage, busy, begun))
        it = suffered[-1]
        pushed = sum(len(fleet.pushed) for fleet in busy.fleets)
        gaps = ", ".join(f"{way} {gap:.1f} s" for way, gap in it.gaps_s.items())
        say(f"{it.at_s:5.0f} s  {it.blow} ({it.met}): {it.led_after} leads; no write: {gaps} ({pushed} pushed)")
    _watch_until(begun + length_s, stage)
    stage.wait_until_whole()
    return suffered


def _suffer(what: Planned, stage: Stage, busy: Busy, begun: float) -> Suffered:
    leader = stage.leader()
    assert leader is not None, "the machines are whole"
    at = time.monotonic()
    with stage.suffering(what, leader):
        _watch_until(at + what.lasts_s, stage)
    stage.wait_until_whole()
    # Who hung until now has some seconds to write again: their wait counts to its end.
    _watch_until(time.monotonic() + 5, stage)
    ended, after = time.monotonic(), stage.leader()
    return Suffered(
        at_s=round(at - begun, 1),
        blow=what.blow.value,
        met=("worker-1", "worker-2")[what.choice] if what.blow is Blow.CUT_WORKER else leader.name,
        led_after=after.name if after else "nobody",
        gaps_s={prober.name: round(prober.longest_gap(at, ended), 1) for prober in busy.probers},
    )


def _watch_until(moment: float, stage: Stage) -> None:
    while (left := moment - time.monotonic()) > 0:
        stage.look_after()
        time.sleep(min(1.0, left))


def _wait_until_quiet(stage: Stage, fleets: list[Fleet], open_work: Callable[[], str]) -> float:
    """Wait until every till is through and nothing is open any more, five minutes at most. Returns the seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < QUIET_TIMEOUT_S:
        stage.look_after()
        tills, closings = sum(fleet.still_pushing() for fleet in fleets), open_work()
        if not tills and not closings:
            break
        say(f"{tills} tills still push, closings open: {closings}")
        time.sleep(3)
    return time.monotonic() - begun


def _pace() -> Pace:
    return Pace(
        seed=os.environ.get("SEED") or secrets.token_hex(4),
        minutes=float(os.environ.get("MINUTES") or 10),
        tenants=int(os.environ.get("TENANTS") or 6),
        closings_a_second=float(os.environ.get("RATE") or 2),
        blow_every_s=float(os.environ.get("EVERY") or 60),
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
