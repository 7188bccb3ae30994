"""What a run would do, said before anything runs."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice

from django.db import connection
from django.db.models import QuerySet, Sum

from exports.models import Export, ExportState
from exports.problems import sentence
from exports.runs.closings import closings_in
from exports.runs.freeze import Reader, walk_ins_of
from exports.runs.missing import Missing, missing_before
from exports.runs.models import ExportRun, RunClosingState
from exports.runs.options import layout_of
from exports.runs.report import LeftOut
from ledger.files.check import check_file
from ledger.money import ZERO

CHECKED_MAX = 1500
SHOWN_MAX = 200

RATES = """
SELECT (line->>'rate')::numeric, sum((line->>'net')::numeric), sum((line->>'tax')::numeric),
       sum((line->>'gross')::numeric)
FROM exports_export export
JOIN tenants_establishment shop ON shop.id = export.establishment_id,
     jsonb_array_elements(export.document->'sales') line
WHERE export.tenant_id = %(tenant)s AND export.business_date BETWEEN %(first)s AND %(last)s
  AND (%(shop)s::bigint IS NULL OR export.establishment_id = %(shop)s)
  AND export.kind = shop.booked_level AND export.document->>'training' IS DISTINCT FROM 'true'
GROUP BY 1 ORDER BY 1 DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTurnover:
    """Turnover of one VAT rate, as the tills sent it."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`checked` of the `closings` were booked and checked for the file: all, unless there are very many."""

    closings: int
    exported: int
    turnover: Decimal
    to_do: int
    held: list[LeftOut]
    held_count: int
    archived: int
    missing: list[Missing]
    rates: list[RateTurnover]
    problems: list[str]
    blocked: bool
    checked: int


def preview(run: ExportRun) -> Preview:
    """Look at the range of a run that is not asked for yet. Changes nothing."""
    rows = closings_in(run)
    states = Counter(rows.order_by().values_list("state", flat=True))
    booked = rows.exclude(state=ExportState.ARCHIVED)
    held, problems, blocked, checked = _to_exact(rows) if run.to_exact else _to_file(run)
    held_count = states[ExportState.HELD] + states[ExportState.FAILED] if run.to_exact else len(held)
    return Preview(
        closings=sum(states.values()),
        exported=states[ExportState.EXPORTED],
        turnover=booked.aggregate(sum=Sum("gross"))["sum"] or ZERO,
        to_do=sum(states.values())
        - states[ExportState.ARCHIVED]
        - (states[ExportState.EXPORTED] if run.to_exact else held_count),
        held=held[:SHOWN_MAX],
        held_count=held_count,
        archived=states[ExportState.ARCHIVED],
        missing=missing_before(rows),
        rates=_rates(run),
        problems=problems,
        blocked=blocked,
        checked=checked,
    )


Looked = tuple[list[LeftOut], list[str], bool, int]


def _to_exact(rows: QuerySet[Export]) -> Looked:
    stuck = rows.filter(state__in=[ExportState.HELD, ExportState.FAILED]).select_related("establishment")
    held = [
        LeftOut(
            export=it, state=it.state, reasons=[sentence(problem) for problem in it.problems if problem["blocking"]]
        )
        for it in stuck.defer("document").order_by("business_date", "closed_at")[:SHOWN_MAX]
    ]
    return held, [], False, rows.count()


def _to_file(run: ExportRun) -> Looked:
    reader = Reader(run)
    looked_at = [*islice(chain.from_iterable(reader.pages()), CHECKED_MAX)]
    closings = tuple(read.closing for read in looked_at if read.closing is not None)
    found = check_file(closings, layout_of(run, walk_ins=walk_ins_of(run)))
    held = [
        LeftOut(
            export=read.export,
            state=read.export.state,
            reasons=[sentence(it.to_document()) for it in read.problems],
        )
        for read in looked_at
        if read.state == RunClosingState.HELD
    ]
    blocked = not closings or any(problem.blocking for problem in found)
    return held, [sentence(problem.to_document()) for problem in found], blocked, len(looked_at)


def _rates(run: ExportRun) -> list[RateTurnover]:
    asked = {
        "tenant": run.tenant_id,
        "shop": run.establishment_id,
        "first": run.first_date,
        "last": run.last_date,
    }
    with connection.cursor() as cursor:
        cursor.execute(RATES, asked)
        return [RateTurnover(rate=rate, net=net, tax=tax, gross=gross) for rate, net, tax, gross in cursor.fetchall()]
