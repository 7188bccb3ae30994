"""`python -m simulators.exact_online.bench`: starts a simulator without limits, measures it, and says what it saw.

Caller and simulator share the machine, so what else runs on it counts too: the load average is printed with the
figures. Entries have three lines with three VAT rates, as a small closing has; each is one transaction.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .measuring import look_up, write_entries


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="exact-bench-") as folder, _simulator(Path(folder)) as (host, port):
        cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
        print(f"{cores} cores, load average {load:.2f} before the start, {arguments.callers} callers")
        writing = write_entries(host, port, 0, arguments.writes, arguments.callers)
        print(f"writing   {writing.entries} sales entries of 3 lines: {writing.per_second:.0f} a second")
        missing = arguments.entries - arguments.writes
        if missing > 0:
            filling = write_entries(host, port, arguments.writes, missing, arguments.callers)
            print(f"filling   {filling.entries} more: {filling.per_second:.0f} a second")
        written = max(arguments.entries, arguments.writes)
        numbers = random.Random(1).choices(range(written), k=arguments.look_ups)
        found = look_up(host, port, numbers)
        print(
            f"look-up   by YourRef among {written} entries, {found.count} times: median {found.median_ms:.2f} ms,"
            f" 99 of 100 within {found.p99_ms:.2f} ms, worst {found.worst_ms:.2f} ms"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.exact_online.bench", description=__doc__)
    parser.add_argument("--writes", type=int, default=5_000, help="entries of the measured writing")
    parser.add_argument("--entries", type=int, default=5_000, help="entries in the books before the look-ups")
    parser.add_argument("--look-ups", type=int, default=1_000, help="how many look-ups")
    parser.add_argument("--callers", type=int, default=4, help="connections that write at the same time")
    return parser.parse_args()


@contextmanager
def _simulator(data: Path) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "simulators.exact_online", "--port", "0", "--data", str(data), "--no-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = urlsplit(process.stdout.readline().split()[-1])
            yield address.hostname or "", address.port or 0
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
