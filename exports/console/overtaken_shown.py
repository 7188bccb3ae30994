"""What a change of settings left behind in the books, as people read it: how many closings, since when, what moves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exact.models import CatalogueItem, CatalogueKind, Division
from exports.coverage.elsewhere import standing_elsewhere
from exports.models import ClosingState, Overtaken, RepostItem, SettingsLook
from exports.reposts.moves import Move, Place
from exports.words.money import euros
from ledger.money import ZERO
from tenants.models import Establishment

CLOSINGS_SHOWN = 100


def in_the_books(rows: QuerySet[Overtaken]) -> QuerySet[Overtaken]:
    """Those that stand wholly in the books: what is on its way, or failed, has its own page."""
    return rows.filter(closing__state=ClosingState.EXPORTED)


def to_correct(rows: QuerySet[Overtaken]) -> QuerySet[Overtaken]:
    """Of these those that no run has in hand."""
    in_a_run = RepostItem.objects.filter(export=OuterRef("closing"), outcome="")
    return in_the_books(rows).filter(~Exists(in_a_run))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """How many closings of an establishment stand by settings of before, and since which day.

    `looking`: older ones are still being looked at, so there may be more.
    """

    count: int
    since: date | None
    looking: bool

    @property
    def words(self) -> str:
        """ "12 closings since 17/11/2026 stand otherwise than today's settings would book them"."""
        if self.since is None:
            return _("Every closing in Exact stands as today's settings book it.")
        words = ngettext(
            "{count} closing since {date} stands in Exact otherwise than today's settings would book it.",
            "{count} closings since {date} stand in Exact otherwise than today's settings would book them.",
            self.count,
        )
        return words.format(count=self.count, date=date_format(self.since, "SHORT_DATE_FORMAT"))


def left_behind(establishment: Establishment) -> LeftBehind:
    """Counted from what was found, in two queries."""
    rows = to_correct(Overtaken.objects.filter(establishment=establishment))
    found = rows.aggregate(count=Count("pk"), since=Min("day"))
    looking = SettingsLook.objects.filter(establishment=establishment, done_at=None).exists()
    return LeftBehind(count=found["count"], since=found["since"], looking=looking)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShown:
    """The closings of one financial period of Exact: what moves in it. `code` is "" where Exact has no such period."""

    code: str
    starts: date
    ends: date
    closed: bool
    closings: list[Overtaken]
    in_files: int
    rows: list[dict[str, str]]

    @property
    def count(self) -> int:
        return len(self.closings)

    @property
    def shown(self) -> list[Overtaken]:
        """So many of them as a page lists, the newest first."""
        return self.closings[:CLOSINGS_SHOWN]

    @property
    def unseen(self) -> int:
        return self.count - len(self.shown)


def by_period(found: Iterable[Overtaken], division: Division) -> list[PeriodShown]:
    """The periods of what was found (read with `closing`), the newest first, with account before and after."""
    periods = [*division.catalogue.filter(kind=CatalogueKind.PERIOD)]
    groups: defaultdict[str, list[Overtaken]] = defaultdict(list)
    of_code: dict[str, CatalogueItem] = {}
    for it in found:
        period = _period_of(it.day, periods)
        groups[period.code if period else ""].append(it)
        if period:
            of_code[period.code] = period
    names = _names(division, found)
    in_files = standing_elsewhere([it.pk for it in found])
    shown = [_show(of_code.get(code), group, names, in_files) for code, group in groups.items()]
    return sorted(shown, key=lambda it: it.starts, reverse=True)


def _show(
    period: CatalogueItem | None, group: list[Overtaken], names: Mapping[str, str], in_files: set[Any]
) -> PeriodShown:
    group.sort(key=lambda it: (it.day, it.closing.closed_at), reverse=True)
    moved = [Move.from_document(document) for it in group for document in it.moves]
    closed = {*period.facts["closed_journals"]} & {it.place.journal for it in moved} if period else set()
    return PeriodShown(
        code=period.code if period else "",
        starts=date.fromisoformat(period.facts["starts"]) if period else group[-1].day,
        ends=date.fromisoformat(period.facts["ends"]) if period else group[0].day,
        closed=bool(closed) or period is None,
        closings=group,
        in_files=sum(it.pk in in_files for it in group),
        rows=[*_rows(moved, names)],
    )


def _rows(moved: Iterable[Move], names: Mapping[str, str]) -> Iterable[dict[str, str]]:
    sums: defaultdict[Place, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for move in moved:
        sums[move.place][0] += move.before
        sums[move.place][1] += move.after
    for place, (before, after) in sorted(sums.items()):
        yield {
            "account": place.account or _("VAT"),
            "name": names.get(place.account, ""),
            "detail": " · ".join(_tell(place)),
            "before": _with_side(before),
            "after": _with_side(after),
        }


def _tell(place: Place) -> Iterable[str]:
    yield _("journal {journal}").format(journal=place.journal)
    if place.vat_code:
        yield _("VAT code {code}").format(code=place.vat_code)
    if place.third_party:
        yield _("third party {code}").format(code=place.third_party)


def _with_side(amount: Decimal) -> str:
    """ "1 000,00 € D" is a debit, as accountants write a balance; nothing where nothing stands."""
    if amount == ZERO:
        return "–"
    return f"{euros(abs(amount))} {_('D') if amount > ZERO else _('C')}"


def _period_of(day: date, periods: Iterable[CatalogueItem]) -> CatalogueItem | None:
    text = day.isoformat()
    return next((it for it in periods if it.facts["starts"] <= text <= it.facts["ends"]), None)


def _names(division: Division, found: Iterable[Overtaken]) -> dict[str, str]:
    accounts = {document["account"] for it in found for document in it.moves}
    rows = division.catalogue.filter(kind=CatalogueKind.GL_ACCOUNT, code__in=accounts)
    return dict(rows.values_list("code", "name"))
