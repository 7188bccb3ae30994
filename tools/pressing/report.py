"""The figures of a run: a line for each answer, their sum, and the same as JSON."""

import json
from pathlib import Path

from tools.pressing.person import Row

COLUMNS = ("closings", "in the books", "presses", "adopted", "sent again", "doubled", "lost", "different", "stuck")
SHOWN_MAX = 5


def figures(row: Row) -> dict[str, int]:
    """What is counted of one answer."""
    found = row.verdict
    counts = (row.documents, found.in_books, row.pressed, row.adopted, row.sent_again)
    faults = (len(found.doubled), len(found.lost), len(found.different_amounts), row.stuck)
    return dict(zip(COLUMNS, (*counts, *faults), strict=True))


def print_row(row: Row) -> None:
    """One answer's line, and some of what is wrong."""
    print(f"  {row.fault:<26}" + "".join(f"{count} {name}, " for name, count in figures(row).items()).rstrip(", "))
    for name, found in row.verdict.faults.items():
        for line in found[:SHOWN_MAX]:
            print(f"    {name}: {line}", flush=True)


def print_sum(rows: list[Row]) -> bool:
    """The whole. Returns whether everything is booked once."""
    good = all(row.good for row in rows)
    print("\n  " + ", ".join(f"{count} {name}" for name, count in _sum(rows).items()))
    print(f"\npressing: {len(rows)} answers: {'everything is booked once' if good else 'FAILED'}", flush=True)
    return good


def write_report(path: Path, rows: list[Row]) -> None:
    """For a machine."""
    told = {"sum": _sum(rows), "answers": {row.fault: figures(row) for row in rows}}
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False))


def _sum(rows: list[Row]) -> dict[str, int]:
    return {name: sum(figures(row)[name] for row in rows) for name in COLUMNS}
