"""What a check is asked for: which establishments (none chosen: all one sees) and days; how much is read at once."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django import forms
from django.db.models import Count
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exports.models import StoredClosing
from ledger import texts
from on_demand.asked_days import asked_days
from on_demand.check.overview import Stretch
from on_demand.forms import DayField
from on_demand.period import FAULTS, LONGEST_DAYS, period_faults
from on_demand.places import PlacesField
from tenants.models import Establishment, User
from tenants.scope import visible_to

# A check of more days goes by months, and has no tables by rate, means and account.
DETAIL_DAYS_MAX = 62
DETAIL_CLOSINGS_MAX = 400
PAGE_SHOPS_MAX, PAGE_CLOSINGS_MAX = 50, 1000
PAGES_BESIDE = 3
FILE_CLOSINGS_MAX = 20_000


class CheckForm(forms.Form):
    """Which establishments and days. Offers and accepts only what the person may see."""

    where = PlacesField(label=_("Establishments"), required=False)
    first = DayField(label=_("From"))
    last = DayField(label=_("To"))

    def __init__(self, data: QueryDict, *, user: User) -> None:
        filled, days = (
            data.copy(),
            asked_days({name: str(data[name]) for name in data}, timezone.localdate(), usual="last_month"),
        )
        filled["first"], filled["last"] = days.first, days.last
        self.month, self.was, self.places = days.month, days.shown, data.getlist("where")
        super().__init__(filled)
        self.places_field.offer(user)

    @property
    def places_field(self) -> PlacesField:
        field = self.fields["where"]
        assert isinstance(field, PlacesField)
        return field

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date):
            names = {"from": "first", "to": "last"}
            for where, code in period_faults(first, last, today=timezone.localdate(), longest=LONGEST_DAYS):
                self.add_error(names[where], forms.ValidationError(_now(FAULTS[code]), code=code))
        return cleaned


@dataclass
class Asked:
    """A valid question: the chosen `shops` that the person may see, in order, with each one's number of closings.

    `wanted`: the page asked for. What is no number is the first page, what is too large the last one.
    """

    user: User
    shops: Sequence[Establishment]
    first: date
    last: date
    counts: dict[int, int] = field(default_factory=dict)
    wanted: str = ""

    @property
    def by_month(self) -> bool:
        """Whether the table has a row a month instead of one a shop, as the days are many (`DETAIL_DAYS_MAX`)."""
        return (self.last - self.first).days >= DETAIL_DAYS_MAX

    @property
    def closings(self) -> int:
        """How many closings the shops have in these days, together."""
        return sum(self.counts.values())

    @property
    def detailed(self) -> bool:
        """Whether the tables by rate, means and account can be read at once."""
        return not self.by_month and 0 < self.closings <= DETAIL_CLOSINGS_MAX

    def stretches(self) -> list[Stretch]:
        """All days as one, or each month of them."""
        return [*_months(self.first, self.last)] if self.by_month else [Stretch(self.first, self.last)]

    @cached_property
    def pages(self) -> list[list[Establishment]]:
        """The shops by pages, of as many shops as can be read quickly."""
        pages: list[list[Establishment]] = [[]]
        read = 0
        for shop in self.shops:
            count = self.counts.get(shop.pk, 0)
            if pages[-1] and (read + count > PAGE_CLOSINGS_MAX or len(pages[-1]) == PAGE_SHOPS_MAX):
                pages.append([])
                read = 0
            pages[-1].append(shop)
            read += count
        return pages

    @property
    def page(self) -> int:
        """The number of the page that is shown, from 1."""
        return min(max(texts.whole(self.wanted) or 1, 1), len(self.pages))

    @property
    def pages_beside(self) -> list[int]:
        """The numbers of pages to go to: those around the page, the first and the last; none where there is one."""
        near = range(max(1, self.page - PAGES_BESIDE), min(len(self.pages), self.page + PAGES_BESIDE) + 1)
        return sorted({1, *near, len(self.pages)}) if len(self.pages) > 1 else []

    @property
    def shown(self) -> list[Establishment]:
        """The shops of that page."""
        return self.pages[self.page - 1]


def asked_by(user: User, form: CheckForm, *, page: str = "") -> Asked:
    """The question of a form that is valid."""
    chosen = form.cleaned_data["where"]
    shops = [shop for it in chosen for shop in it.shops] if chosen else form.places_field.shops
    days = {"first": form.cleaned_data["first"], "last": form.cleaned_data["last"]}
    asked = Asked(user=user, shops=shops, wanted=page, **days)
    rows_of_days = visible_to(
        user, StoredClosing.objects.filter(business_date__range=(asked.first, asked.last))
    ).order_by()
    if chosen:
        rows_of_days = rows_of_days.filter(establishment__in=shops)
    asked.counts = dict(rows_of_days.values_list("establishment").annotate(n=Count("*")))  # from the index alone
    return asked


def _months(first: date, last: date) -> Iterator[Stretch]:
    while first <= last:
        end = first.replace(day=monthrange(first.year, first.month)[1])
        yield Stretch(first, min(end, last))
        first = end + timedelta(days=1)
