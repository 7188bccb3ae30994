"""What a run says: its progress, its counts, and the same as JSON."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tools.chaos.pace import Pace
from tools.chaos.verdict import Verdict

SHOWN_MAX = 10


def say(what: str) -> None:
    """Print a line about the run at once."""
    print(f"  … {what}", flush=True)


def print_report(pace: Pace, verdict: Verdict, blows: list[str], quiet_s: float) -> None:
    """The counts as a table, what was done to the service, and up to ten examples of each fault."""
    done = ", ".join(f"{blow} {count}×" for blow, count in sorted(Counter(blows).items()))
    print(f"\n  done to it: {done}\n")
    counts = {
        "pushed": verdict.pushed,
        "acknowledged": verdict.acknowledged,
        "in our database": verdict.in_database,
        "in Exact's books": verdict.in_books,
        **{name: len(found) for name, found in verdict.faults.items()},
    }
    for name, count in counts.items():
        print(f"  {name:<20}{count:>8}")
    for name, found in verdict.faults.items():
        for line in found[:SHOWN_MAX]:
            print(f"  {name}: {line}")
    outcome = "everything is booked once" if verdict.good else "FAILED"
    print(f"\nchaos: seed {pace.seed}, quiet after {quiet_s:.0f} s: {outcome}", flush=True)


def write_report(path: Path, pace: Pace, verdict: Verdict, blows: list[str], quiet_s: float) -> None:
    """The whole verdict with every fault, for a machine."""
    report = {"pace": asdict(pace), "verdict": asdict(verdict), "good": verdict.good, "done": Counter(blows)}
    path.write_text(json.dumps(report | {"quiet_after_s": round(quiet_s, 1)}, indent=1, ensure_ascii=False))
