"""`make chaos`: MINUTES=5 SEED=… TENANTS=24 RATE=10 EVERY=4 python -m tools.chaos.

Exits with 1 unless every fault's count is 0.
"""

import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tools.chaos.collisions import collisions
from tools.chaos.pace import PRODUCT, Pace
from tools.chaos.report import print_report, say, write_report
from tools.chaos.schedule import RENEWAL_S, Verb, schedule
from tools.chaos.stage import Stage, wait_until
from tools.chaos.verdict import Verdict, compare
from tools.fleet.tills import Fleet
from tools.stack.processes import Processes, ProgramFailed
from tools.stack.services import CLONE
from tools.stack.stores import Stores

# A till keeps trying for as long as a run can last; that it never got through shows as "stuck".
GIVE_UP_AFTER_S = 3600.0


def main() -> int:
    # A run that is ended by its terminal or by its caller cleans up alike.
    signal.signal(signal.SIGTERM, _interrupt)
    pace = Pace(
        seed=os.environ.get("SEED") or secrets.token_hex(4),
        minutes=float(os.environ.get("MINUTES") or 5),
        tenants=int(os.environ.get("TENANTS") or 24),
        closings_a_second=float(os.environ.get("RATE") or 10),
        blow_every_s=float(os.environ.get("EVERY") or 4),
    )
    home = CLONE / ".local" / "chaos-run"
    shutil.rmtree(home, ignore_errors=True)
    (home / "logs").mkdir(parents=True)
    try:
        verdict = run(pace, home)
    except ProgramFailed as failure:
        say(f"failed: {failure}")
        return 1
    except KeyboardInterrupt:
        say("interrupted; everything is stopped")
        return 130
    return 0 if verdict.good else 1


def run(pace: Pace, home: Path) -> Verdict:
    """A whole run: start everything, let it be hit, wait until it is quiet, compare."""
    say(f"seed {pace.seed}, {pace.minutes:g} minutes, {pace.tenants} tenants; logs in {home / 'logs'}")
    with Stores("chaos") as stores:
        environment = PRODUCT | {
            "DATABASE_URL": stores.database.url,
            "REDIS_URL": stores.broker.url,
        }
        os.environ.update(environment)
        with Processes(CLONE, home / "logs", environment) as processes:
            stage = Stage(processes, stores, home / "exact")
            return _play(pace, home, processes, stage)


def _play(pace: Pace, home: Path, processes: Processes, stage: Stage) -> Verdict:
    processes.run("migrate", "manage.py", "migrate", "--verbosity=1")
    stage.start_exact()
    stage.weather.set_clock_back()
    import django

    django.setup()
    # Read only now: they are Django's models' users.
    from tools.chaos.database import fill_in, open_work
    from tools.fleet.customers import set_up

    shops = set_up(stage.exact_url, tenants=pace.tenants)
    stage.users = {shop.user for shop in shops}
    stage.start_product()
    fleet = Fleet(
        server=stage.web_url,
        folder=home / "tills",
        seed=pace.seed,
        every_s=len(shops) / pace.closings_a_second,
        give_up_after_s=GIVE_UP_AFTER_S,
    )
    say(f"{len(shops)} tills push for {len({shop.division for shop in shops})} companies; everything fails at random")
    fleet.start(shops)
    blows = _storm(pace, stage, fleet)
    fleet.stop()
    stage.weather.clear()
    say("faults off; waiting until everything is quiet")
    quiet = _wait_until_quiet(pace, fleet, open_work)
    verdict = Verdict(
        pushed=len(fleet.pushed), acknowledged=sum(one.acknowledged_at is not None for one in fleet.pushed)
    )
    fill_in(verdict, fleet.pushed)
    verdict.two_in_a_lane += collisions(processes.logs)
    compare(fleet.pushed, {division: stage.books(division) for division in {shop.division for shop in shops}}, verdict)
    print_report(pace, verdict, blows, quiet)
    write_report(home / "report.json", pace, verdict, blows, quiet)
    return verdict


def _storm(pace: Pace, stage: Stage, fleet: Fleet) -> list[str]:
    """Perform the schedule. Returns what was done, and what ended by itself."""
    begun, blows = time.monotonic(), []
    renewals_end = begun
    stage.weather.usual()
    for event in schedule(pace.seed, length_s=pace.length_s, every_s=pace.blow_every_s):
        wait_until(begun + event.at_s)
        if event.endangers_new_tokens:
            wait_until(renewals_end)  # the plan leaves room for them, but on a busy machine what comes before is late
        stage.perform(event)
        if event.verb is Verb.EXPIRE:
            renewals_end = time.monotonic() + RENEWAL_S
        blows.append(str(event))
        say(f"{time.monotonic() - begun:6.1f} s  {event}  ({len(fleet.pushed)} closings pushed)")
        blows += [f"{name} ended by itself" for name in stage.ended_by_themselves()]
    wait_until(begun + pace.length_s)
    return blows


def _wait_until_quiet(pace: Pace, fleet: Fleet, open_work: Callable[[], str]) -> float:
    """Wait until every till is through and nothing is open any more; at most `quiet_timeout_s`. Returns the seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < pace.quiet_timeout_s:
        tills, closings = fleet.still_pushing(), open_work()
        if not tills and not closings:
            break
        say(f"{tills} tills still push, closings open: {closings}")
        time.sleep(2)
    return time.monotonic() - begun


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
