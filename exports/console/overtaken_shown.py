"""The closings that are booked by earlier settings, as people read them: how many, since when, what would move."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exact.models import CatalogueItem, CatalogueKind, Division
from exports.coverage.other_books import standing_elsewhere
from exports.models import ClosingState, Overtaken, RepostItem, SettingsLook, StoredClosing
from exports.reposts.moves import Move, Place
from exports.reposts.replace import list_in_the_way
from exports.way.prepare import WHERE_CLOSINGS_GO
from exports.words.money import euros
from exports.words.problems import sentence
from ledger.money import ZERO
from tenants.models import Establishment

CLOSINGS_SHOWN = 100
KINDS_MAX = 20


def in_the_books(rows: QuerySet[Overtaken]) -> QuerySet[Overtaken]:
    """The rows of fully exported closings: one under way, or failed, is told of on its own page."""
    return rows.filter(closing__state=ClosingState.EXPORTED)


def to_correct(rows: QuerySet[Overtaken]) -> QuerySet[Overtaken]:
    """The rows of exported closings that are in no open run."""
    in_a_run = RepostItem.objects.filter(closing=OuterRef("closing"), outcome="")
    return in_the_books(rows).filter(~Exists(in_a_run))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """How many closings of an establishment are booked by earlier settings, and since which day."""

    count: int
    since: date | None

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
    """Counted from what was found, in one query."""
    rows = to_correct(Overtaken.objects.filter(establishment=establishment))
    found = rows.aggregate(count=Count("pk"), since=Min("day"))
    return LeftBehind(count=found["count"], since=found["since"])


def is_looking(establishment: Establishment) -> bool:
    """Whether older closings are still being looked at, so that there may be more."""
    return SettingsLook.objects.filter(establishment=establishment, done_at=None).exists()


class Left(NamedTuple):
    """A closing that was left behind: the day its entries are dated, and what its correction would move."""

    closing: UUID
    day: date
    moves: list[dict[str, Any]]


def read_left(rows: QuerySet[Overtaken]) -> list[Left]:
    """Read ids, days and moves only, as there may be thousands of closings."""
    return [Left(*row) for row in rows.order_by("-day", "-pk").values_list("pk", "day", "moves")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """How many closings cannot be corrected by today's settings, and why, in sentences."""

    count: int
    why: list[str]


def refused_of(found: Iterable[Left]) -> Refused:
    """Of closings that go to the same places one is looked at, by the catalogue kept; of at most `KINDS_MAX` kinds."""
    kinds: defaultdict[frozenset[Place], list[UUID]] = defaultdict(list)
    for it in found:
        moves = map(Move.from_document, it.moves)
        kinds[frozenset(move.place for move in moves if move.after)].append(it.closing)
    looked_at = {ids[0]: len(ids) for ids in [*kinds.values()][:KINDS_MAX]}
    count, why = 0, []
    for closing in StoredClosing.objects.select_related(*WHERE_CLOSINGS_GO).filter(pk__in=looked_at):
        problems = list_in_the_way(closing)
        count += looked_at[closing.pk] if problems else 0
        why += [sentence(it.to_document()) for it in problems]
    return Refused(count=count, why=[*dict.fromkeys(why)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShown:
    """The closings of one financial period of Exact, the newest first: what moves in it, and those of it that are
    `shown` one by one. `code` is "" where Exact has no such period."""

    code: str
    starts: date
    ends: date
    closed: bool
    closings: list[UUID]
    shown: list[StoredClosing]
    in_files: int
    rows: list[dict[str, str]]

    @property
    def count(self) -> int:
        """How many closings of the period were left behind."""
        return len(self.closings)

    @property
    def unseen(self) -> int:
        """How many of them are not in `shown`."""
        return self.count - len(self.shown)


def closings_by_period(found: Iterable[Left], division: Division) -> dict[str, list[Left]]:
    """What was left behind, by the code of Exact's period; "" where there is none for its day."""
    periods = _read_periods(division)
    groups: defaultdict[str, list[Left]] = defaultdict(list)
    for it in found:
        groups[_code_of(it.day, periods)].append(it)
    return groups


def by_period(found: list[Left], division: Division) -> list[PeriodShown]:
    """The periods of what was found, the newest first, with account before and after."""
    periods = {it.code: it for it in _read_periods(division)}
    groups = closings_by_period(found, division)
    listed = [it.closing for group in groups.values() for it in group[:CLOSINGS_SHOWN]]
    closings = StoredClosing.objects.only("number", "business_date").in_bulk(listed)
    names, in_files = _names(division, found), standing_elsewhere([it.closing for it in found])
    shown = [_show(periods.get(code), group, closings, names, in_files) for code, group in groups.items()]
    return sorted(shown, key=lambda it: it.starts, reverse=True)


def _show(
    period: CatalogueItem | None,
    group: list[Left],
    closings: Mapping[UUID, StoredClosing],
    names: Mapping[str, str],
    in_files: set[UUID],
) -> PeriodShown:
    moved = [Move.from_document(document) for it in group for document in it.moves]
    closed = {*period.facts["closed_journals"]} & {it.place.journal for it in moved} if period else set()
    return PeriodShown(
        code=period.code if period else "",
        starts=date.fromisoformat(period.facts["starts"]) if period else group[-1].day,
        ends=date.fromisoformat(period.facts["ends"]) if period else group[0].day,
        closed=bool(closed) or period is None,
        closings=[it.closing for it in group],
        shown=[closings[it.closing] for it in group[:CLOSINGS_SHOWN]],
        in_files=sum(it.closing in in_files for it in group),
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
    """ "1 000,00 € D" is a debit, as accountants write a balance; "" for 0.00."""
    if amount == ZERO:
        return "–"
    return f"{euros(abs(amount))} {_('D') if amount > ZERO else _('C')}"


def _read_periods(division: Division) -> list[CatalogueItem]:
    return [*division.catalogue.filter(kind=CatalogueKind.PERIOD)]


def _code_of(day: date, periods: Iterable[CatalogueItem]) -> str:
    text = day.isoformat()
    return next((it.code for it in periods if it.facts["starts"] <= text <= it.facts["ends"]), "")


def _names(division: Division, found: Iterable[Left]) -> dict[str, str]:
    accounts = {document["account"] for it in found for document in it.moves}
    rows = division.catalogue.filter(kind=CatalogueKind.GL_ACCOUNT, code__in=accounts)
    return dict(rows.values_list("code", "name"))
