"""What an export did with each closing of its days: it took it, or left it out and why; one by one, and in numbers."""

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
    """`taken`: the export takes it, or it was there already; else `why` says why it was left, once it was looked at.
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
    """How many closings an export took and how many it left. One that is left for two reasons counts with both."""

    taken: int
    left: int
    reasons: Sequence[Reason]


def outcome_of(export: OnDemandExport, closing: StoredClosing, row: OnDemandClosing | None) -> Outcome:
    """What an export did with a closing of its days. `row`: what it stored of it; None before it looked at it."""
    if row is None and not export.finished:
        return Outcome(taken=False, seen=False, problems=closing.problems)
    if row is None:
        return Outcome(taken=False, seen=True, problems=[*closing.problems, NOT_LOOKED_AT], why=[NOT_LOOKED_AT])
    if row.state not in ARRIVED:
        return Outcome(taken=False, seen=True, problems=row.problems, why=row.problems)
    why = _why_not_there(export, closing, row)
    return Outcome(taken=not why, seen=True, problems=[*row.problems, *why], why=why)


def _why_not_there(export: OnDemandExport, closing: StoredClosing, row: OnDemandClosing) -> list[dict[str, Any]]:
    """The reasons why a closing is not where the export had to bring it."""
    if row.earlier_id is not None and not export.again:
        return [IN_EARLIER_FILE]
    if not export.to_exact and export.state in ENDED_WITHOUT_FILE:
        return [NO_FILE]
    return [NOT_POSTED] if export.to_exact and closing.state in NOT_ON_ITS_WAY else []


def summary_of(outcomes: Iterable[Outcome]) -> Summary:
    """Count what an export did. Closings that it has not looked at yet are not counted."""
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


def word_on_left_out(export: OnDemandExport) -> list[Problem]:
    """The warning of a done export: closings that should be booked and are neither in its file nor in Exact."""
    left = Q(state=OnDemandClosingState.HELD)
    if export.to_exact:
        left |= Q(state__in=ARRIVED, closing__state__in=NOT_ON_ITS_WAY)
    rows = OnDemandClosing.objects.filter(left, export=export).order_by("place")
    count = rows.count()
    if not count:
        return []
    named = rows.select_related("closing__establishment").defer("closing__document")[:NAMED_MAX]
    facts = {"count": str(count), "closings": ", ".join(row.closing.full_name for row in named)}
    waits = rows.filter(problems__contains=[{"code": WAITING.code}]).exists()
    return [Problem(code=LEFT_OUT, facts=facts, blocking=False), *([WAITING] if waits else [])]
