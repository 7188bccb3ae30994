"""Choosing establishments: any of those a person may see, of one customer or of several, or all of a customer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from ledger import texts
from on_demand.places_shown import SOUGHT, Found, Group, PlacesWidget, render_found
from tenants.chosen import CUSTOMER_MARK, OF_PLACES, SHOP_MARK
from tenants.models import Establishment, Tenant, User
from tenants.scope import visible_to

# With more establishments than this the choice is a search instead of a list; so many that are found are shown.
LISTED_MAX, FOUND_MAX = 200, 50
# With `PART` a form asks for what was found alone, for the script.
SOUGHT_MAX, PART = 100, "part"
NO_COUNTS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen of one customer: these establishments; `whole` when they are all it has."""

    tenant: Tenant
    shops: tuple[Establishment, ...]
    whole: bool


class PlacesField(forms.MultipleChoiceField):
    """Establishments and whole customers among those a person may see; cleaned to a list of `Chosen`.

    A value that the person may not see is no valid choice.
    """

    widget = PlacesWidget
    default_error_messages = {"required": gettext_lazy("Choose one establishment at least.")}

    def offer(self, user: User, asked: QueryDict) -> None:
        """Offer what the person may see: all of it, or if that is much what is asked for already, and a search."""
        self._own = visible_to(user, Establishment.objects.all())
        self.searched = len(self._own.values_list("pk")[: LISTED_MAX + 1]) > LISTED_MAX
        self.sought = " ".join(asked.get(SOUGHT, "").split())[:SOUGHT_MAX] if self.searched else ""
        named = asked.getlist(OF_PLACES)
        self._groups = _group(_order(self._own.filter(_select_named(named)) if self.searched else self._own))
        self._values = {*self._list_values()}
        self.widget.groups, self.widget.searched = self._groups, self.searched
        self.widget.found = self._find() if self.sought else None

    @property
    def found_alone(self) -> SafeString:
        """What was found as the script of the page shows it; "" where nothing was searched for."""
        found = self.widget.found
        return render_found(OF_PLACES, found) if found else SafeString()

    def valid_value(self, value: str) -> bool:
        """Whether a value is offered. Looked up in a set, as hundreds may be ticked."""
        return value in self._values

    @property
    def keys(self) -> list[int]:
        """All establishments that the person may see, by customer and code."""
        if self.searched:
            return [*_order(self._own).values_list("pk", flat=True)]
        return [shop.pk for it in self._groups for shop in it.shops]

    @property
    def only(self) -> list[str]:
        """What is chosen already where there is nothing to choose: the one establishment of somebody who has one."""
        alone = [] if self.searched else self.keys
        return [f"{SHOP_MARK}{it}" for it in alone] if len(alone) == 1 else []

    def _find(self) -> Found:
        """The first establishments by a part of their name or code, by their customer's name, or its SIREN's digits."""
        digits = "".join(self.sought.split())
        wanted = Q(name__plain_contains=self.sought) | Q(code__icontains=self.sought)
        wanted |= Q(tenant__name__plain_contains=self.sought)
        if digits.isascii() and digits.isdecimal():
            wanted |= Q(tenant__siren__startswith=digits)
        rows = [*_order(self._own.filter(wanted))[: FOUND_MAX + 1]]
        customers = {it.tenant_id for it in rows} - {it.tenant.pk for it in self._groups}
        counts = dict(
            self._own.filter(tenant__in=customers).order_by().values_list("tenant").annotate(count=Count("*"))
        )
        groups = _group((it for it in rows[:FOUND_MAX] if it.tenant_id in customers), counts)
        return Found(sought=self.sought, groups=groups, any=bool(rows), more=len(rows) > FOUND_MAX)

    def _list_values(self) -> Iterator[str]:
        for group in self._groups:
            yield f"{CUSTOMER_MARK}{group.tenant.pk}"
            yield from (f"{SHOP_MARK}{shop.pk}" for shop in group.shops)

    def clean(self, value: Any) -> list[Chosen]:
        return [*self._choose(super().clean(value))]

    def _choose(self, values: Iterable[str]) -> Iterator[Chosen]:
        asked = {*values}
        for it in self._groups:
            whole = f"{CUSTOMER_MARK}{it.tenant.pk}" in asked
            taken = [shop for shop in it.shops if whole or f"{SHOP_MARK}{shop.pk}" in asked]
            if taken:
                yield Chosen(tenant=it.tenant, shops=tuple(taken), whole=len(taken) == len(it.shops))


def _order(shops: QuerySet[Establishment]) -> QuerySet[Establishment]:
    return shops.select_related("tenant").order_by("tenant__name", "tenant", "code")


def _group(shops: Iterable[Establishment], counts: Mapping[int, int] = NO_COUNTS) -> list[Group]:
    """Establishments in their order by customer; `counts` where a customer may have more than these."""
    groups: dict[int, Group] = {}
    for shop in shops:
        groups.setdefault(shop.tenant_id, Group(tenant=shop.tenant)).shops.append(shop)
    for key, group in groups.items():
        group.count = counts.get(key, len(group.shops))
    return [*groups.values()]


def _select_named(values: Iterable[str]) -> Q:
    """The establishments of all customers that are named, or of which an establishment is."""
    keys: dict[str, set[int]] = {CUSTOMER_MARK: set(), SHOP_MARK: set()}
    for it in values:
        if it[:1] in keys and (key := texts.whole(it[1:])) is not None:
            keys[it[:1]].add(key)
    shops = Establishment.objects.filter(pk__in=keys[SHOP_MARK])
    return Q(tenant__in=keys[CUSTOMER_MARK]) | Q(tenant__in=shops.values("tenant"))
