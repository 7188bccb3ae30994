"""Closings that a person set aside: which they are, and what of their turnover is in no book because of it.

The one rule for every page, list and sum: such a closing is neither well nor without anything to book.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from exports.coverage.freed import TOLD_BY_ANOTHER, left_of_aside
from exports.models import ClosingState, SetAside
from exports.models.closings import NOTED_ASIDE
from exports.words.money import euros
from ledger.money import BOOKS, ZERO, total

# The closings whose state people read as "set aside" (`StoredClosing.is_set_aside`).
IS_ASIDE = Q(state=ClosingState.ARCHIVED, problems__contains=[{"code": NOTED_ASIDE}]) & ~Q(problems=[])
# As long as a shop's own word names what was set aside in it: the days that the map of shops shows.
NAMED_FOR = timedelta(days=30)


def not_aside(closing: str = "pk") -> Q:
    """For a query: no person's word sets the row's closing aside now."""
    return Q(~Exists(SetAside.objects.filter(closing=OuterRef(closing), ended_at=None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Closings that are in no book because they were set aside: how many, their turnover in euro, their latest day."""

    count: int
    gross: Decimal
    last: date

    @property
    def words(self) -> str:
        """ "1 closing set aside, 1 706.69 €"."""
        said = ngettext("{count} closing set aside", "{count} closings set aside", self.count).format(count=self.count)
        return f"{said}, {euros(self.gross)}"


def together(asides: Iterable[Aside | None]) -> Aside | None:
    """All of these as one; None if there is none."""
    some = [it for it in asides if it is not None]
    if not some:
        return None
    return Aside(
        count=sum(it.count for it in some), gross=total(it.gross for it in some), last=max(it.last for it in some)
    )


def left_of_asides(asides: QuerySet[SetAside]) -> dict[UUID, Decimal]:
    """The turnover that no other closing tells, of each closing that one of these words sets aside now, by its id.

    A closing in whose place another one counts is left out.
    """
    return {it.closing_id: left for it, left in _read_left(asides)}


def asides_by_day(shops: Iterable[int], first: date, last: date) -> dict[int, dict[date, Aside]]:
    """What was set aside of these shops (by id), by shop and business date. One query, and a
    second where there is any."""
    rows = SetAside.objects.filter(
        closing__establishment__in=[*shops],
        closing__business_date__range=(first, last),
        closing__state=ClosingState.ARCHIVED,
    )
    found: defaultdict[int, dict[date, Aside]] = defaultdict(dict)
    for aside, left in _read_left(rows):
        closing = aside.closing
        if not left and closing.gross:
            continue  # other closings tell all of its sales
        one = Aside(count=1, gross=left if closing.currency == BOOKS else ZERO, last=closing.business_date)
        of_shop = found[closing.establishment_id]
        of_shop[closing.business_date] = together([one, of_shop.get(closing.business_date)]) or one
    return found


def asides_lately(shops: Iterable[int]) -> dict[int, Aside]:
    """What was set aside of each shop's last 31 days, by its id; a shop without any is left out. One query, and a
    second where there is any."""
    today = timezone.localdate()
    found = asides_by_day(shops, today - NAMED_FOR, today)
    return {shop: aside for shop, days in found.items() if (aside := together(days.values())) is not None}


def say_aside(aside: Aside) -> str:
    """What is in no book, in a sentence."""
    words = ngettext(
        "{asides}, of {day}: it is in no book. Everything else is in Exact.",
        "{asides}, the last of {day}: they are in no book. Everything else is in Exact.",
        aside.count,
    )
    return words.format(asides=aside.words, day=date_format(aside.last, "SHORT_DATE_FORMAT"))


def _read_left(asides: QuerySet[SetAside]) -> Iterable[tuple[SetAside, Decimal]]:
    """Most shops have none: whether others tell what was set aside too is asked only of those that are there."""
    rows = [*asides.filter(ended_at=None, instead=None).select_related("closing")]
    of_these = SetAside.objects.filter(pk__in=[it.pk for it in rows])
    told_too = {*of_these.filter(TOLD_BY_ANOTHER).values_list("pk", flat=True)} if rows else set()
    return ((it, left_of_aside(it.closing) if it.pk in told_too else it.closing.gross) for it in rows)
