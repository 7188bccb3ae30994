"""`make fuzz`: INPUTS=100000 SEED=1 python -m tools.fuzz, or a reproducer file to send its call again.

Exits with 1 when a promise was broken.
"""

import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from tools.fuzz.process import begin, one_batch, send_again
from tools.fuzz.report import print_log, print_progress, print_tally, write_reproducers
from tools.fuzz.tally import Failure, Tally
from tools.stack.processes import Processes, ProgramFailed
from tools.stack.product import IMPATIENT, exact, web
from tools.stack.programs import free_port
from tools.stack.services import CLONE, local_services

INPUTS = 100_000
BATCH = 1_000
PROCESSES_MAX = 4
WEB_THREADS = 4
ENVIRONMENT = IMPATIENT | {
    "SUPPORT_SECOND_FACTOR": "false",
    "PYTHONWARNINGS": "ignore:No directory at",  # nobody collects static files for a run
    # A till that sends ten thousand calls a minute is refused, and nothing of what it sends is looked at.
    "PUSH_RATE": "1000000/second",
    "PAIRING_RATE": "1000000/second",
}


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell started it in the background
    home = CLONE / ".local" / "fuzz-run"
    for left in ("logs", "exact"):
        shutil.rmtree(home / left, ignore_errors=True)
    (home / "logs").mkdir(parents=True)
    try:
        with _programs(home) as (exact_url, web_url):
            if arguments:
                return _repeat(Path(arguments[0]), exact_url)
            shutil.rmtree(home / "failures", ignore_errors=True)
            return _run(home / "failures", exact_url, web_url)
    except ProgramFailed as failure:
        print(f"failed: {failure}")
        return 1


@contextmanager
def _programs(home: Path) -> Iterator[tuple[str, str]]:
    """PostgreSQL and Valkey, the simulated Exact and the web tier, of this run alone."""
    with local_services("fuzz", durable=False, fresh=True) as services:
        environment = ENVIRONMENT | {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
        os.environ.update(environment)
        with Processes(CLONE, home / "logs", environment) as processes:
            processes.run("migrate", "manage.py", "migrate", "--verbosity=1")
            exact_url, web_url = (f"http://127.0.0.1:{free_port()}" for _program in range(2))
            processes.start("exact", *exact(exact_url, home / "exact", "--no-limits"))
            processes.start("web", *web(web_url, threads=WEB_THREADS))
            processes.wait_for("exact", f"{exact_url}/_control/clock")
            processes.wait_for("web", f"{web_url}/health/")
            yield exact_url, web_url


def _run(failures: Path, exact_url: str, web_url: str) -> int:
    inputs, run_seed = int(os.environ.get("INPUTS") or INPUTS), int(os.environ.get("SEED") or 1)
    size = min(BATCH, inputs)
    numbers = range(-(-inputs // size))
    begun, tally = time.monotonic(), Tally()
    print(f"fuzz: {inputs:,} inputs, seed {run_seed}, {len(numbers)} batches", flush=True)
    workers = min(os.cpu_count() or 1, PROCESSES_MAX, len(numbers))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=begin, initargs=(exact_url, web_url)) as pool:
        # The first makes what all batches share.
        tally.add(pool.submit(one_batch, 0, run_seed, size).result())
        under_way: dict[Future[Tally], int] = {
            pool.submit(one_batch, number, run_seed, size): number for number in numbers[1:]
        }
        try:
            for done in as_completed(under_way):
                tally.add(tally_of(done, under_way[done]))
                print_progress(tally, inputs, time.monotonic() - begun)
        except KeyboardInterrupt:
            print("  interrupted: what was sent until now counts", flush=True)
            pool.shutdown(wait=False, cancel_futures=True)
    print_tally(tally, time.monotonic() - begun)
    write_reproducers(failures, tally.failures)
    outcome = "every promise was kept" if not tally.failed else "FAILED"
    print(f"\nfuzz: {tally.inputs:,} inputs, seed {run_seed}: {outcome}", flush=True)
    return 1 if tally.failed else 0


def tally_of(done: Future[Tally], number: int) -> Tally:
    """What a batch found; one that ended with an error is a failure of its own, and ends no other."""
    try:
        return done.result()
    except Exception as error:
        failed = Tally()
        trace = "".join(traceback.format_exception(error))
        failed.fail(
            Failure(said=f"a batch ended with {type(error).__name__}: {error}", batch=number, call=None, log=(trace,))
        )
        return failed


def _repeat(reproducer: Path, exact_url: str) -> int:
    """Send the call of a reproducer file once more, and say what it breaks."""
    begin(exact_url, "")
    failures = send_again(json.loads(reproducer.read_text()))
    for failure in failures:
        print(f"FAILED: {failure.said}")
        print_log(failure)
    print("fuzz: nothing is broken by it any more" if not failures else "fuzz: FAILED")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
