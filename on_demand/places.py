"""Choosing establishments: any of those a person may see, of one customer or of several, or all of a customer."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenants.models import Establishment, Tenant, User
from tenants.scope import visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen of one customer: these establishments; `whole` when they are all it has."""

    tenant: Tenant
    shops: tuple[Establishment, ...]
    whole: bool


Group = tuple[Tenant, list[Establishment]]


def shops_by_customer(user: User) -> list[Group]:
    """Everything a person may choose from, by customer and code."""
    groups: dict[int, Group] = {}
    rows = visible_to(user, Establishment.objects.all()).select_related("tenant")
    for shop in rows.order_by("tenant__name", "tenant", "code"):
        groups.setdefault(shop.tenant_id, (shop.tenant, []))[1].append(shop)
    return [*groups.values()]


class PlacesWidget(forms.CheckboxSelectMultiple):
    """Checkboxes by customer, rendered in one go: a template for each of two thousand would take a second."""

    groups: Collection[Group] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {*value} if value else set()
        boxes = SafeString("".join(self._group(name, chosen, *group) for group in self.groups))
        find = format_html(
            '<input type="search" class="console-places-find" aria-label="{}" placeholder="{}" hidden>',
            _("Find an establishment"),
            _("Find an establishment"),
        )
        shown = find if len(self.groups) > 1 else ""
        return format_html('{}<div class="console-places" data-places>{}</div>', shown, boxes)

    def _group(self, name: str, chosen: Collection[str], tenant: Tenant, shops: list[Establishment]) -> SafeString:
        """One customer's ticks, escaped by hand: `format_html` of each takes five times as long."""
        rows = [(f"e{it.pk}", str(it), "") for it in shops]
        if len(shops) > 1:
            all_of_them = ngettext("all, {count} establishment", "all, {count} establishments", len(shops))
            rows.insert(0, (f"t{tenant.pk}", all_of_them.format(count=len(shops)), "is-all"))
        inner = "".join(
            f'<label class="{kind}"><input type="checkbox" name="{escape(name)}" value="{value}"'
            f"{' checked' if value in chosen else ''}> {escape(label)}</label>"
            for value, label, kind in rows
        )
        legend = f'<legend class="console-quiet">{escape(str(tenant))}</legend>'
        return SafeString(f"<fieldset>{legend}{inner}</fieldset>")


class PlacesField(forms.MultipleChoiceField):
    """Establishments and whole customers among those a person may see; cleaned to a list of `Chosen`.

    A value that the person may not see is no valid choice.
    """

    widget = PlacesWidget
    default_error_messages = {"required": gettext_lazy("Choose one establishment at least.")}

    def offer(self, user: User) -> None:
        """Offer what the person may see."""
        self._groups = shops_by_customer(user)
        self._values = {*self._list_values()}
        self.widget.groups = self._groups

    def valid_value(self, value: str) -> bool:
        """Whether a value is offered. Looked up in a set, as thousands may be ticked."""
        return value in self._values

    @property
    def shops(self) -> list[Establishment]:
        """All that is offered, by customer and code."""
        return [shop for _tenant, shops in self._groups for shop in shops]

    @property
    def only(self) -> list[str]:
        """What is chosen already where there is nothing to choose: the one establishment of somebody who has one."""
        return [f"e{it.pk}" for it in self.shops] if len(self.shops) == 1 else []

    def _list_values(self) -> Iterator[str]:
        for tenant, shops in self._groups:
            yield f"t{tenant.pk}"
            yield from (f"e{shop.pk}" for shop in shops)

    def clean(self, value: Any) -> list[Chosen]:
        return [*self._choose(super().clean(value))]

    def _choose(self, values: Iterable[str]) -> Iterator[Chosen]:
        asked = {*values}
        for tenant, shops in self._groups:
            taken = shops if f"t{tenant.pk}" in asked else [it for it in shops if f"e{it.pk}" in asked]
            if taken:
                yield Chosen(tenant=tenant, shops=tuple(taken), whole=len(taken) == len(shops))
