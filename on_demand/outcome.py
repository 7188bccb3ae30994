"""What a run did with each closing of its days: it took it, or left it out and why; one by one, and in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from exports.models import ClosingState, StoredClosing
from ledger.problem import Problem
from on_demand.freeze import NAMED_MAX
from on_demand.models import ARRIVED, OnDemandClosing, OnDemandClosingState, OnDemandExport, OnDemandState

LEFT_OUT = "run_left_out"
WAITING = Problem(code="run_waiting")
NOT_LOOKED_AT = Problem(code="run_not_looked_at").to_document()
NO_FILE = Problem(code="run_no_file").to_document()
IN_EARLIER_FILE = Problem(code="run_in_earlier_file", blocking=False).to_document()
NOT_POSTED = Problem(code="run_not_posted").to_document()
ENDED_WITHOUT_FILE = (OnDemandState.FAILED, OnDemandState.CANCELLED)
NOT_ON_ITS_WAY = (ClosingState.FAILED, ClosingState.HELD, ClosingState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`taken`: the run takes it, or it was there already; else `why` says what it is left for, once the run saw it.
    `problems` is all there is to say of it.
    """

    taken: bool
    seen: bool
    problems: Sequence[Mapping[str, Any]]
    why: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why closings were left out: a problem as it stands with the first of them, and with how many it does."""

    problem: Mapping[str, Any]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many closings a run took and how many it left. One that is left for two reasons counts with both."""

    taken: int
    left: int
    reasons: Sequence[Reason]


def outcome_of(run: OnDemandExport, closing: StoredClosing, row: OnDemandClosing | None) -> Outcome:
    """What a run did with a closing of its days. `row`: what the run stored on it; None before it was looked at."""
    if row is None and not run.finished:
        return Outcome(taken=False, seen=False, problems=closing.problems)
    if row is None:
        return Outcome(taken=False, seen=True, problems=[*closing.problems, NOT_LOOKED_AT], why=[NOT_LOOKED_AT])
    if row.state not in ARRIVED:
        return Outcome(taken=False, seen=True, problems=row.problems, why=row.problems)
    why = _why_not_there(run, closing, row)
    return Outcome(taken=not why, seen=True, problems=[*row.problems, *why], why=why)


def _why_not_there(run: OnDemandExport, closing: StoredClosing, row: OnDemandClosing) -> list[dict[str, Any]]:
    """The reasons why a closing is not where the run had to bring it."""
    if row.earlier_id is not None and not run.again:
        return [IN_EARLIER_FILE]
    if not run.to_exact and run.state in ENDED_WITHOUT_FILE:
        return [NO_FILE]
    return [NOT_POSTED] if run.to_exact and closing.state in NOT_ON_ITS_WAY else []


def summary_of(outcomes: Iterable[Outcome]) -> Summary:
    """Count what a run did. Closings that it has not looked at yet are not counted."""
    seen = [it for it in outcomes if it.seen]
    left = [it for it in seen if not it.taken]
    said: dict[str, Mapping[str, Any]] = {}
    counts: Counter[str] = Counter()
    for outcome in left:
        by_code = {it["code"]: it for it in reversed(outcome.why)}
        counts.update([*by_code])
        said = {**by_code, **said}
    reasons = [Reason(problem=said[code], count=count) for code, count in counts.most_common()]
    return Summary(taken=len(seen) - len(left), left=len(left), reasons=reasons)


def word_on_left_out(run: OnDemandExport) -> list[Problem]:
    """The warning of a run that is done on closings that should be booked and are neither in its file nor in Exact."""
    left = Q(state=OnDemandClosingState.HELD)
    if run.to_exact:
        left |= Q(state__in=ARRIVED, closing__state__in=NOT_ON_ITS_WAY)
    rows = OnDemandClosing.objects.filter(left, run=run).order_by("place")
    count = rows.count()
    if not count:
        return []
    named = rows.select_related("closing__establishment").defer("closing__document")[:NAMED_MAX]
    facts = {"count": str(count), "closings": ", ".join(row.closing.label for row in named)}
    waits = rows.filter(problems__contains=[{"code": WAITING.code}]).exists()
    return [Problem(code=LEFT_OUT, facts=facts, blocking=False), *([WAITING] if waits else [])]
