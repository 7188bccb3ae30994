"""`make bench`: ROWS=1000000 ONLY=abc python -m tools.bench. Prints a table and writes bench.json.

`KEEP=1` is for section (l): it measures in the database that an earlier run stored, if it would store the same.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from tools.bench.kept import Kept
from tools.stack.processes import Processes, ProgramFailed
from tools.stack.product import LOCAL
from tools.stack.programs import free_port
from tools.stack.services import CLONE
from tools.stack.stores import Stores

TENANTS = int(os.environ.get("TENANTS") or 40)
SETTINGS = LOCAL | {"PUSH_RATE": "1000000/minute", "SWEEP_EVERY_S": "1", "LOG_FORMAT": "json"}
SECTIONS = {
    "a": "ingest, closings a second",
    "b": "exporting, closings a second",
    "c": "calls to Exact",
    "d": "with Exact's limits on",
    "e": "a small customer beside a large one",
    "f": "size of the database",
    "g": "memory",
    "h": "queries",
    "i": "CPU from push to posted",
    "j": "a year of 300 establishments into a FEC",
    "k": "from the activation link to the company",
    "l": "pages of the console, with a million closings",
    "m": "what a posting costs a worker",
}


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    home = CLONE / ".local" / "bench-run"
    shutil.rmtree(home, ignore_errors=True)
    (home / "logs").mkdir(parents=True)
    only, keep = os.environ.get("ONLY") or "".join(SECTIONS), bool(os.environ.get("KEEP"))
    if keep and only != "l":
        print("bench: KEEP=1 goes with ONLY=l", file=sys.stderr)
        return 2
    try:
        results = run(home, only, Kept.find(keep=keep))
    except ProgramFailed as failure:
        print(f"bench: failed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print_table(results)
    (home / "bench.json").write_text(json.dumps(results, indent=1, ensure_ascii=False))
    print(f"\nbench: the same as JSON in {home / 'bench.json'}")
    return 0


def run(home: Path, only: str, kept: Kept) -> dict[str, dict[str, Any]]:
    """Measure the sections named in `only`. What they found, by letter."""
    with Stores("bench", earlier=kept.stored) as stores:
        environment = SETTINGS | {
            "DATABASE_URL": stores.database.url,
            "REDIS_URL": stores.broker.url,
            "PUBLIC_URL": (web_url := f"http://127.0.0.1:{free_port()}"),
        }
        os.environ.update(environment)
        with Processes(CLONE, home / "logs", environment) as processes:
            import django

            django.setup()
            # Read only now: they need Django's models.
            from tools.bench.place import Place
            from tools.fleet.customers import set_up

            exact_url = f"http://127.0.0.1:{free_port()}"
            place = Place(processes=processes, stores=stores, web_url=web_url, exact_url=exact_url, kept=kept)
            processes.run("migrate", "manage.py", "migrate", "--verbosity=1")
            if not kept.stored:
                place.start_exact("--no-limits")
                print(f"  … setting up {TENANTS} customers", flush=True)
                place.take_in(set_up(place.exact_url, tenants=TENANTS))
            for letters, measure in _measures():
                if {*letters} & {*only}:
                    print(f"  … {', '.join(SECTIONS[letter] for letter in letters)}", flush=True)
                    measure(place)
                    print_table({letter: place.results[letter] for letter in letters})
            return dict(sorted(place.results.items()))


def _measures() -> list[tuple[str, Callable[[Any], None]]]:
    from tools.bench.activation import measure_activation
    from tools.bench.exporting import measure_cost, measure_exporting
    from tools.bench.fairness import measure_budget, measure_fairness
    from tools.bench.ingest import measure_ingest
    from tools.bench.page_times import measure_pages
    from tools.bench.posting import measure_posting
    from tools.bench.queries import measure_queries
    from tools.bench.size import measure_size
    from tools.bench.year import measure_year

    return [
        ("a", measure_ingest),
        ("h", measure_queries),
        ("m", measure_posting),
        ("b", measure_exporting),
        ("cgi", measure_cost),
        ("e", measure_fairness),
        ("d", measure_budget),
        ("f", measure_size),
        ("j", measure_year),
        ("k", measure_activation),
        ("l", measure_pages),
    ]


def print_table(results: dict[str, dict[str, Any]]) -> None:
    """Print the figures of each row below its heading."""
    for letter, found in results.items():
        print(f"\n  ({letter}) {SECTIONS[letter]}")
        for name, figure in found.items():
            print(f"      {name:<52}{figure:>12}" if not isinstance(figure, str) else f"      {name}: {figure}")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
