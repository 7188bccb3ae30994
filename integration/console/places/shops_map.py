"""Shops and their last days in a grid: a row is a shop, a cell is a day's word. Every look is one for all its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from concerns.condition import Condition, ShopCondition, say_conditions
from exports.console import links
from exports.coverage.aside import together
from exports.coverage.days import DayWord, ShopDay, days_of
from integration.console.places.calendar import say_day, where_to
from tenants.models import Establishment, User

DAYS = 31
# What leads to a page of its own when it is reached by keyboard; a good day is reached through the shop's calendar.
TO_SEE = frozenset(
    {
        DayWord.FAILED,
        DayWord.DIFFERS,
        DayWord.HELD,
        DayWord.STOPPED,
        DayWord.SILENT,
        DayWord.WAITING,
        DayWord.ASIDE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day of one shop; `said` is all of it in words."""

    word: DayWord
    said: str
    address: str

    @property
    def to_see(self) -> bool:
        """Whether the day can be reached by keyboard: something is wrong with it, or waits."""
        return self.word in TO_SEE

    def render(self) -> str:
        """The cell of the table, escaped by hand: of 1,550 a page a template took a third of its time."""
        said, mark = escape(self.said), self.word.mark
        shown = f'<span aria-hidden="true">{mark}</span>'
        if self.address:
            passed_by = "" if self.to_see else ' tabindex="-1"'
            shown = f'<a href="{escape(self.address)}" aria-label="{said}"{passed_by}>{mark}</a>'
        return f'<td class="is-{self.word}" title="{said}">{shown}</td>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One shop: how it stands, and its days."""

    shop: Establishment
    condition: ShopCondition | None
    cells: list[Cell]
    address: str
    customer_address: str

    @property
    def days(self) -> SafeString:
        """The cells as the table has them."""
        return mark_safe("".join(it.render() for it in self.cells))  # noqa: S308 - each escapes what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopsMap:
    """Rows of shops under the same days, the newest first."""

    days: list[date]
    rows: list[Row]
    words: list[DayWord]


def map_of(user: User, shops: Sequence[Establishment], waits: Mapping[int, ShopCondition] | None = None) -> ShopsMap:
    """The last 31 days, the newest first, of these shops in their order: as many queries for a hundred as for one.

    The user may see the shops, and they are read `with_facts`; `waits` is as in `conditions_of`.
    """
    last = timezone.localdate()
    first = last - timedelta(days=DAYS - 1)
    days = days_of(shops, first, last)
    asides = {shop: aside for shop, its in days.items() if (aside := together(it.aside for it in its)) is not None}
    conditions = say_conditions(user, shops, waits, asides)
    address_of, shown = links.days(), [last - timedelta(days=number) for number in range(DAYS)]
    dates = {day: date_format(day, "SHORT_DATE_FORMAT") for day in shown}
    rows = [
        Row(
            shop=shop,
            condition=conditions.get(shop.pk),
            cells=[_cell(shop, it, dates[it.day], address_of(shop.pk, it.day)) for it in reversed(days[shop.pk])],
            address=links.shop(shop.pk),
            customer_address=links.customer(shop.tenant_id),
        )
        for shop in shops
    ]
    met = {cell.word for row in rows for cell in row.cells}
    return ShopsMap(
        days=shown,
        rows=rows,
        words=[word for word in DayWord if word in met and word is not DayWord.BLANK],
    )


def _cell(shop: Establishment, it: ShopDay, day: str, address: str) -> Cell:
    said = ", ".join([shop.name, day, it.word.label, *say_day(it)])
    return Cell(word=it.word, said=said, address=where_to(it, shop, address))


def worst_first(shops: QuerySet[Establishment], waits: Mapping[int, ShopCondition]) -> list[int]:
    """The keys of these shops: the most urgent condition first, of the same one what there is most of; then by name.

    `waits` says how each shop stands in which something waits for a person.
    """

    def urgency(it: tuple[int, str, str]) -> tuple[int | str, ...]:
        shop, customer, code = it
        stands = waits.get(shop)
        first = (stands.condition.urgency, -stands.count) if stands else (len(Condition), 0)
        return *first, customer, code

    named = shops.order_by().values_list("pk", "tenant__name", "code")
    return [shop for shop, _customer, _code in sorted(named, key=urgency)]
