"""(f) The same rates with ten thousand and with a million stored closings, and the plans of every hot query."""

import os
import re
from pathlib import Path
from statistics import median

from tools.bench.exporting import exporting_rate
from tools.bench.ingest import ingest_rate
from tools.bench.place import Place
from tools.bench.queries import plans
from tools.bench.rows import stored_closings

FEW, MANY = 10_000, 1_000_000
# Each rate is the median of so many.
ROUNDS = 3
# Tables that grow with every closing: reading one of them from end to end is a missing index.
GROWING = (
    "clyo_ingest_push",
    "clyo_ingest_receivedclosing",
    "exports_coveredtickets",
    "exports_storedclosing",
    "exports_closingevent",
    "exact_posting",
    "exact_postingevent",
)
READS_ALL = re.compile(rf"Seq Scan on ({'|'.join(GROWING)})\b")


def measure_size(place: Place) -> None:
    """Rates at both sizes; plans at the larger one, into `plans.txt`."""
    found = place.results.setdefault("f", {})
    already, many = 0, rows_wanted()
    exporting_rate(place, place.one_a_division())  # there must be exported closings to copy
    for size in (min(FEW, many), many):
        stored_closings(already, size)
        already = size
        rates = [(ingest_rate(place), exporting_rate(place, place.one_a_division())) for _round in range(ROUNDS)]
        for what, measured in zip(("ingest", "exporting"), zip(*rates, strict=True), strict=True):
            found[f"{what} at {size} closings, closings/s"] = round(median(measured), 1)
    for what in ("ingest", "exporting"):
        few, much = (found[f"{what} at {size} closings, closings/s"] for size in (min(FEW, many), many))
        found[f"{what}, few over many"] = round(few / much, 2)
    found |= _plans(place, place.processes.logs.parent / "plans.txt")


def rows_wanted() -> int:
    """How many closings are stored: a million, or `ROWS`."""
    return int(os.environ.get("ROWS") or MANY)


def _plans(place: Place, path: Path) -> dict[str, object]:
    found = plans(place)
    path.write_text("\n\n".join(f"{sql}\n{plan}" for sql, plan in found.items()))
    scans = [(sql, scan[1]) for sql, plan in found.items() if (scan := READS_ALL.search(plan))]
    return {
        "hot queries": len(found),
        "hot queries without an index": len(scans),
        **{f"reads all of {table}": sql[:300] for sql, table in scans},
    }
