"""What a run says at its end: for each blow how long nothing could be written, and the counts of the books."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.chaos.verdict import Verdict

SHOWN_MAX = 10
GOAL_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffered:
    """A blow, whom it met, who led afterwards, and the longest time without an acknowledged write, by who wrote."""

    at_s: float
    blow: str
    met: str
    led_after: str
    gaps_s: dict[str, float]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """A whole run. `lost_writes`: acknowledged writes of the probers, now gone; `errors_500`: answers to tills."""

    verdict: Verdict
    suffered: list[Suffered]
    lost_writes: list[str]
    errors_500: int
    writes: dict[str, int]
    failures: dict[str, dict[str, int]]
    restarts: dict[str, int]
    quiet_s: float
    not_run: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether no closing and no acknowledged write was lost, and no till was answered with a 500."""
        return self.verdict.good and not self.lost_writes and not self.errors_500


def print_outcome(outcome: Outcome) -> None:
    """The table of blows, the gaps, the counts, and up to ten examples of each fault."""
    ways = list(outcome.writes)
    print(f"\n  {'at':>6}  {'what':<48}{'met':<10}{'led after':<10}" + "".join(f"{way:>12}" for way in ways))
    for it in outcome.suffered:
        gaps = "".join(f"{it.gaps_s[way]:>10.1f} s" for way in ways)
        print(f"  {it.at_s:>4.0f} s  {it.blow:<48}{it.met:<10}{it.led_after:<10}{gaps}")
    for way in ways:
        print(f"  no write acknowledged, {way:<8}{_spread([it.gaps_s[way] for it in outcome.suffered])}")
    verdict = outcome.verdict
    counts = {
        "writes of probers acknowledged": sum(outcome.writes.values()),
        "of these lost": len(outcome.lost_writes),
        "pushed": verdict.pushed,
        "acknowledged": verdict.acknowledged,
        "in our database": verdict.in_database,
        "in Exact's books": verdict.in_books,
        **{name: len(found) for name, found in verdict.faults.items()},
        "answers 500": outcome.errors_500,
    }
    for name, count in counts.items():
        print(f"  {name:<32}{count:>8}")
    for name, found in (*verdict.faults.items(), ("lost write", outcome.lost_writes)):
        for line in found[:SHOWN_MAX]:
            print(f"  {name}: {line}")
    for line in outcome.not_run:
        print(f"  not run: {line}")
    print(f"\nchaos: cluster, quiet after {outcome.quiet_s:.0f} s: {'good' if outcome.good else 'FAILED'}", flush=True)


def write_outcome(path: Path, outcome: Outcome, settings: dict[str, object]) -> None:
    """All of it, for a machine."""
    path.write_text(json.dumps(settings | asdict(outcome) | {"good": outcome.good}, indent=1, ensure_ascii=False))


def _spread(gaps: list[float]) -> str:
    """Of so few blows the 99th percentile is the longest."""
    if not gaps:
        return "no blow"
    worst = max(gaps) if len(gaps) < 100 else statistics.quantiles(gaps, n=100)[98]
    met = "within" if worst <= GOAL_S else "above"
    return f"p50 {statistics.median(gaps):.1f} s, p99 {worst:.1f} s, longest {max(gaps):.1f} s ({met} {GOAL_S:g} s)"
