"""What would go to Exact from a day on, shown before anything goes. Nothing is written."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from booking.codes import CodeKind
from booking.effective import codes_named, effective_settings
from booking.models import Mapping
from exact.company.catalogue import Catalogue, ChartOnDemand
from exact.models import CatalogueKind, Division
from exports.coverage.rows import kept
from exports.models import StoredClosing
from exports.start.days import not_gone, waiting_by_day
from exports.way.decide import Held, Look, Ready, decide
from exports.way.prepare import WHERE_CLOSINGS_GO, Destination
from exports.words.money import euros
from tenants.models import Establishment

# How many closings are booked to show what would go; of further ones only number and turnover are shown.
LOOKED_AT_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What goes from `day` on: how many closings of how many days, their turnover, the first and the last.

    Of the first `looked_at` of them: `held` stay for a person, `idle` have nothing to book, the others make entries in
    `journals` ("70 – Ventes"). `before` closings of turnover `before_gross` are from before that day.
    """

    day: date
    count: int
    days: int
    gross: str
    first: StoredClosing | None
    last: StoredClosing | None
    looked_at: int
    held: int
    idle: int
    journals: list[str]
    before: int
    before_gross: str


def outlook(
    shop: Establishment, division: Division | None, day: date, rows: QuerySet[StoredClosing] | None = None
) -> Outlook:
    """What would go if `day` were the first day: of an establishment's unsent closings, or of `rows` if given."""
    known = not_gone(shop) if rows is None else rows
    waiting = waiting_by_day(known)
    going, before = [it for it in waiting if it.day >= day], [it for it in waiting if it.day < day]
    ordered = known.filter(business_date__gte=day).order_by("business_date", "closed_at", "pk")
    looked_at = [*ordered.select_related("remainder", *WHERE_CLOSINGS_GO)[:LOOKED_AT_MAX]]
    count = sum(it.count for it in going)
    last = ordered.defer("document").last() if count > len(looked_at) else looked_at[-1] if looked_at else None
    held, idle, journals = _look_at(shop, division, looked_at)
    return Outlook(
        day=day,
        count=count,
        days=len(going),
        gross=euros(sum((it.gross for it in going), Decimal())),
        first=looked_at[0] if looked_at else None,
        last=last,
        looked_at=len(looked_at),
        held=held,
        idle=idle,
        journals=journals,
        before=sum(it.count for it in before),
        before_gross=euros(sum((it.gross for it in before), Decimal())),
    )


def _look_at(
    shop: Establishment, division: Division | None, closings: list[StoredClosing]
) -> tuple[int, int, list[str]]:
    """How many of these are held, and make nothing; and the journals that the others' entries go to."""
    mapping = Mapping.objects.filter(establishment=shop).first() or Mapping(establishment=shop)
    catalogue = _catalogue(division, mapping) if division is not None else None
    destination = Destination.under(mapping, division, catalogue)
    held = idle = 0
    journals: Counter[str] = Counter()
    for closing in closings:
        match decide(Look.at(closing, judged=kept), destination):
            case Ready(entries=entries):
                journals.update({entry.journal for entry in entries})
            case Held():
                held += 1
            case _:
                idle += 1
    return held, idle, [_name(journal, catalogue) for journal in sorted(journals)]


def _catalogue(division: Division, mapping: Mapping) -> Catalogue:
    return ChartOnDemand(division, accounts=codes_named(effective_settings(mapping), CodeKind.GL_ACCOUNT))


def _name(journal: str, catalogue: Catalogue | None) -> str:
    item = catalogue.get(CatalogueKind.JOURNAL, journal) if catalogue else None
    return f"{journal} – {item.name}" if item and item.name else journal


def gone_before(shop: Establishment, day: date) -> int:
    """How many closings from before a day are in Exact, or were sent there: the first day does not change these."""
    rows = StoredClosing.objects.filter(establishment=shop, business_date__lt=day)
    return rows.filter(Q(state__in=["exporting", "exported", "failed"])).count()
