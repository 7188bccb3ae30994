"""The demo, step by step. `ONCE=1` ends it after the result; `KILL_WORKER=1` kills the worker while it exports."""

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from tools.stack import product
from tools.stack.processes import Processes, ProgramFailed
from tools.stack.programs import free_port
from tools.stack.services import CLONE, local_services

QUIET_TIMEOUT_S = 240
SAY_EVERY_S = 3
# The books and the shops of the proof; what is beside them is `tools.demo.cast`.
DIVISION, PROVEN = 8301, ("PARIS01", "PARIS02")
DEMO_TIMEOUT_S = "4"


def main() -> int:
    # Whoever ends it, by whatever signal: nothing of it is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = CLONE / ".local" / "demo-run"
    home.parent.mkdir(exist_ok=True)
    try:
        with only_here(home.with_suffix(".lock")), local_services("demo", fresh=True) as services:
            shutil.rmtree(home, ignore_errors=True)
            (home / "logs").mkdir(parents=True)
            return _demo(home, services.environment())
    except RunsAlready:
        print("demo: it runs here already. End it in its own window with Ctrl-C, then start again.", file=sys.stderr)
        return 1
    except ProgramFailed as failure:
        print(f"demo: failed\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


class RunsAlready(Exception):
    """Another demo of this clone has its database and its logs."""


@contextmanager
def only_here(lock: Path) -> Iterator[None]:
    """Hold a lock file, which ends with this process. Raises `RunsAlready`."""
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunsAlready from None
        yield


def _demo(home: Path, environment: dict[str, str]) -> int:
    web, exact = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    environment |= {
        "EXACT_TIMEOUT_S": DEMO_TIMEOUT_S,
        "SWEEP_EVERY_S": "2",
        # A month of closings is pushed in a minute, by all tills from one address; in life it takes a month.
        "PUSH_RATE": "6000/minute",
        "PAIRING_RATE": "600/minute",
        "PUBLIC_URL": web,
        "LOG_FORMAT": "console",
        "SUPPORT_SECOND_FACTOR": "false",
        "WEBHOOKS_TO_LOOPBACK": "true",
        "DJANGO_SETTINGS_MODULE": "integration.settings",
    }
    os.environ.update(environment, LOG_LEVEL="WARNING")
    with Processes(CLONE, home / "logs", environment) as processes:
        _say("database, schema, simulated Exact Online")
        processes.run("translations", "-m", "tools.translations", "compile")
        processes.run("migrate", "manage.py", "migrate", "--verbosity=1")
        processes.start("exact", *product.exact(exact, home / "exact", "--no-limits"))
        processes.wait_for("exact", f"{exact}/_control/books?division=8301")
        _start_product(processes, web)
        pushed = _push_all(processes, home, web, exact)
        result = _show(home, exact, pushed)
        if os.environ.get("ONCE"):
            return result
        _serve(web, exact)
    return result


def _start_product(processes: Processes, web: str) -> None:
    _say("web, worker, beat")
    processes.start("web", *product.web(web, threads=4))
    _start_worker(processes)
    processes.start("beat", *product.beat(processes.logs / "beat.db"))
    processes.wait_for("web", f"{web}/health/")


def _start_worker(processes: Processes) -> None:
    processes.start("worker", *product.worker("worker", threads=4))


def _push_all(processes: Processes, home: Path, web: str, exact: str) -> list[Path]:
    """Everybody pushes; customers link Exact; what goes wrong goes wrong. Returns the closings of the proof's week."""
    import django

    django.setup()
    from django.utils import timezone

    from simulators.clyo_till.week.agenda import week_before
    from tools.demo.customers import link_others, link_proof, open_books, set_up, write_codes
    from tools.demo.pushes import write_pushes
    from tools.demo.troubles import act_in_exact, wait_until_they_show

    today = timezone.localdate()
    week, pushes, last_night = home / "week", home / "pushes", home / "last-night"
    first = week_before(today).isoformat()
    processes.run("week", "-m", "simulators.clyo_till", "week", "--out", str(week), "--first", first)
    shutil.copytree(week, pushes)
    write_pushes(pushes, last_night, today)
    tills = set_up(exact)
    write_codes(tills, home / "codes")
    open_books(exact, today)
    _say("tills pair, send their parameters and push their closings")
    _push(processes, home, web, pushes)
    _say("the customers link Exact Online")
    files = sorted(week.glob("*/closings/*.json"))
    killed = bool(os.environ.get("KILL_WORKER"))
    if killed:
        _slow_down_a_sale(exact)
    link_proof(tills, exact)
    if killed:
        _kill_worker_in_the_middle(processes)
    link_others(tills, exact)
    _wait_until_quiet(len([*pushes.glob("*/closings/*.json")]))
    _say("last night: a month is closed in Exact, a consent taken back, an entry changed, another deleted")
    act_in_exact(exact, today)
    _push(processes, home, web, last_night)
    wait_until_they_show()
    return files


def _push(processes: Processes, home: Path, web: str, folder: Path) -> None:
    """Every till that has something in the folder pushes it."""
    theirs = [line for line in (home / "codes").read_text().splitlines() if (folder / line.split()[0]).exists()]
    codes = home / f"codes-{folder.name}"
    codes.write_text("\n".join(theirs))
    fleet = ["-m", "simulators.clyo_till", "fleet", "--server", web, "--codes", str(codes)]
    processes.run("tills", *fleet, "--week", str(folder), "--state", str(home / "tills"))


def _slow_down_a_sale(exact: str) -> None:
    """Exact answers the proof's first sale two seconds late: time to kill who waits for it."""
    slow = {"resource": "salesentry/SalesEntries", "method": "POST", "fault": "delay", "delay_s": 2.0, "count": 1}
    httpx.post(f"{exact}/_control/faults", json=slow | {"division": DIVISION}, timeout=10).raise_for_status()


def _kill_worker_in_the_middle(processes: Processes) -> None:
    """SIGKILL the worker while it waits for Exact's answer to that sale, and start it again. Raises `ProgramFailed`."""
    from django.utils import timezone

    from exact.models import Posting, PostingState

    in_flight = Posting.objects.filter(division__code=DIVISION, state=PostingState.SENDING, entry_kind="sales")
    deadline = time.monotonic() + QUIET_TIMEOUT_S
    while not in_flight.filter(sending_since__lt=timezone.now() - timedelta(seconds=1)).exists():
        if time.monotonic() > deadline:
            raise ProgramFailed("no sale was in flight: there was nothing to kill the worker in")
        time.sleep(0.02)
    processes.kill("worker")
    states = Counter(Posting.objects.values_list("state", flat=True))
    _say(f"worker killed with SIGKILL at {dict(states)}; started again")
    _start_worker(processes)


def _wait_until_quiet(expected: int) -> None:
    from exact.models import Activation
    from exports.models import ClosingState, StoredClosing

    moving = [ClosingState.READY, ClosingState.EXPORTING, ClosingState.WAITING]
    linked = StoredClosing.objects.filter(
        establishment__in=Activation.objects.filter(active=True).values("establishment")
    )
    learning = linked.filter(problems__contains=[{"code": "third_party_unknown"}], state=ClosingState.HELD)
    deadline, shown, say_after = time.monotonic() + QUIET_TIMEOUT_S, "", 0.0
    while time.monotonic() < deadline:
        states = Counter(StoredClosing.objects.values_list("state", flat=True))
        line = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        if line != shown and time.monotonic() > say_after:
            _say(line)
            shown, say_after = line, time.monotonic() + SAY_EVERY_S
        quiet = not linked.filter(state__in=moving).exists() and not learning.exists()
        if states.total() == expected and quiet:
            return
        time.sleep(1)
    raise ProgramFailed("the worker did not finish in time")


def _show(home: Path, exact: str, pushed: list[Path]) -> int:
    """The proof: the week of the Bistrot du Canal, whose books nobody else writes into, to the cent."""
    from exports.models import ClosingState, StoredClosing
    from exports.words.problems import sentence
    from tools.demo.comparison import compare

    books = httpx.get(f"{exact}/_control/books", params={"division": DIVISION}, timeout=30).json()
    (home / "books.json").write_text(json.dumps(books, indent=1, ensure_ascii=False))
    difference = compare(home / "week", books)
    closings = StoredClosing.objects.filter(establishment__code__in=PROVEN)
    for closing in closings.filter(state__in=[ClosingState.HELD, ClosingState.FAILED]):
        for problem in closing.problems:
            print(f"  Z {closing.number}: {sentence(problem)}")
    exported = closings.filter(state=ClosingState.EXPORTED).count()
    archived = closings.filter(state=ClosingState.ARCHIVED).count()
    print(f"  archived without an entry (training, nothing to book): {archived}")
    print(
        f"demo: {len(pushed)} closings pushed, {exported} exported, {len(books['entries'])} entries in Exact, "
        f"difference {difference:.2f}"
    )
    return 0 if difference == 0 and exported + archived == len(pushed) else 1


def _serve(web: str, exact: str) -> None:
    from tools.demo.cast import print_log_ins

    print_log_ins(web, exact)
    print("\nCtrl-C ends everything.", flush=True)
    signal.pause()


def _say(what: str) -> None:
    print(f"  … {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
