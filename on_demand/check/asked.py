"""What a check is asked for: which establishments (none chosen: all one sees) and days; how much is read at once."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from tenants.models import Establishment, Till, User
from tenants.scope import visible_to

# A check of more days goes by months, and has no tables by rate, means and account.
DETAIL_DAYS_MAX = 62
DETAIL_CLOSINGS_MAX = 400
PAGE_SHOPS_MAX, PAGE_CLOSINGS_MAX = 50, 1000
PAGES_BESIDE = 3
FILE_CLOSINGS_MAX = 20_000


class CheckForm(forms.Form):
    """Which establishments and days. Offers and accepts only what the person may see.

    `cut`: the last day asked for has not come yet, so today is the last.
    """

    cut = False
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
        self.places_field.offer(user, data)

    @property
    def places_field(self) -> PlacesField:
        """The field of the establishments."""
        field = self.fields["where"]
        assert isinstance(field, PlacesField)
        return field

    @property
    def chosen(self) -> int:
        """How many establishments are chosen."""
        return sum(len(it.shops) for it in self.cleaned_data.get("where", ()))

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date):
            today = timezone.localdate()
            self.cut = first <= today < last
            if self.cut:
                cleaned["last"] = last = today
            names = {"from": "first", "to": "last"}
            for where, code in period_faults(first, last, today=today, longest=LONGEST_DAYS):
                self.add_error(names[where], forms.ValidationError(_now(FAULTS[code]), code=code))
        return cleaned


@dataclass(kw_only=True)
class Asked:
    """A valid question: the chosen establishments that the person may see, by their `keys`, in order.

    `tills` are how many each of them has. `closings` is their number together in these days, counted as far as it
    matters: `FILE_CLOSINGS_MAX` and one. `wanted`: the page asked for. What is no number is the first page, what is too
    large the last one.
    """

    user: User
    keys: Sequence[int]
    first: date
    last: date
    tills: Mapping[int, int]
    closings: int
    wanted: str = ""

    @property
    def by_month(self) -> bool:
        """Whether the table has a row a month instead of one a shop, as the days are many (`DETAIL_DAYS_MAX`)."""
        return (self.last - self.first).days >= DETAIL_DAYS_MAX

    @property
    def detailed(self) -> bool:
        """Whether the tables by rate, means and account can be read at once."""
        return not self.by_month and 0 < self.closings <= DETAIL_CLOSINGS_MAX

    def stretches(self) -> list[Stretch]:
        """All days as one, or each month of them."""
        return [*_months(self.first, self.last)] if self.by_month else [Stretch(self.first, self.last)]

    @cached_property
    def pages(self) -> list[list[int]]:
        """The establishments by pages, of as many as can be read quickly if each till closes once a day."""
        pages: list[list[int]] = [[]]
        days, expected = (self.last - self.first).days + 1, 0
        for key in self.keys:
            of_shop = days * self.tills.get(key, 1)
            if pages[-1] and (expected + of_shop > PAGE_CLOSINGS_MAX or len(pages[-1]) == PAGE_SHOPS_MAX):
                pages.append([])
                expected = 0
            pages[-1].append(key)
            expected += of_shop
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

    @cached_property
    def shown(self) -> list[Establishment]:
        """The establishments of that page."""
        return self.read(self.pages[self.page - 1])

    @cached_property
    def shops(self) -> list[Establishment]:
        """All establishments of the question."""
        return self.shown if len(self.pages) == 1 else self.read(self.keys)

    def read(self, keys: Sequence[int]) -> list[Establishment]:
        """Some of the question's establishments, with their customers, in this order."""
        found = visible_to(self.user, Establishment.objects.select_related("tenant")).in_bulk(keys)
        return [found[it] for it in keys if it in found]


def asked_by(user: User, form: CheckForm, *, page: str = "") -> Asked:
    """The question of a form that is valid."""
    chosen = [shop.pk for it in form.cleaned_data["where"] for shop in it.shops]
    keys, first, last = chosen or form.places_field.keys, form.cleaned_data["first"], form.cleaned_data["last"]
    tills, closings = Till.objects.order_by(), StoredClosing.objects.filter(business_date__range=(first, last))
    if chosen or not user.is_support:
        tills, closings = tills.filter(establishment__in=keys), closings.filter(establishment__in=keys)
    else:  # all there are need no list of thousands
        tills, closings = visible_to(user, tills), visible_to(user, closings)
    return Asked(
        user=user,
        keys=keys,
        first=first,
        last=last,
        tills=dict(tills.values_list("establishment").annotate(n=Count("*"))),
        closings=closings.order_by()[: FILE_CLOSINGS_MAX + 1].count(),
        wanted=page,
    )


def _months(first: date, last: date) -> Iterator[Stretch]:
    while first <= last:
        end = first.replace(day=monthrange(first.year, first.month)[1])
        yield Stretch(first, min(end, last))
        first = end + timedelta(days=1)
