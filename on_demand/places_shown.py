"""The choice of establishments as a form shows it: ticks by customer, and a search where there are too many of them.

Rendered in one go: a template for each of some hundred would take a tenth of a second.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.chosen import CUSTOMER_MARK, SHOP_MARK
from tenants.models import Establishment, Tenant

# The name of the text that is searched for.
SOUGHT = "sought"


@dataclass(slots=True, kw_only=True)
class Group:
    """Establishments of one customer; `count` says how many it has in all."""

    tenant: Tenant
    shops: list[Establishment] = field(default_factory=list)
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found beside what is shown already; `any`: whether it found something at all."""

    sought: str
    groups: Collection[Group]
    any: bool
    more: bool


class PlacesWidget(forms.CheckboxSelectMultiple):
    """Ticks by customer: of all, or of the customers that were chosen with a search for others, and what it found."""

    groups: Collection[Group] = ()
    searched = False
    found: Found | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {*value} if value else set()
        ticks = ticks_of(name, self.groups, chosen)
        if not self.searched:
            filter_box = _render_box("", hidden=True) if len(self.groups) > 1 else ""
            return format_html('{}<div class="console-places" data-places>{}</div>', filter_box, ticks)
        return format_html(
            '<div class="console-places-search" data-places-search>{} <button type="submit" name="seek" value="1" '
            'class="console-button">{}</button></div>'
            '<div class="console-places" data-places{}>{}</div><div data-places-found aria-live="polite">{}</div>',
            _render_box(SOUGHT, hidden=False),
            _("Search"),
            "" if ticks else SafeString(" hidden"),
            ticks,
            render_found(name, self.found) if self.found else "",
        )


def ticks_of(name: str, groups: Collection[Group], chosen: Collection[str]) -> SafeString:
    """The ticks of these customers' establishments."""
    return SafeString("".join(_render_group(name, it, chosen) for it in groups))


def render_found(name: str, found: Found) -> SafeString:
    """What was found, to be ticked, or in words that nothing was."""
    said = []
    if not found.any:
        said.append(_("No establishment of yours has “{sought}” in its name, code, customer or SIREN."))
    elif not found.groups:
        said.append(_("What has “{sought}” is shown above."))
    if found.more:
        said.append(_("There are more: type more of the name."))
    words = format_html_join("", '<p class="console-quiet">{}</p>', ((it.format(sought=found.sought),) for it in said))
    if not found.groups:
        return words
    return format_html(
        '<div class="console-places" data-places role="group" aria-label="{}">{}</div>{}',
        _("Establishments found"),
        ticks_of(name, found.groups, ()),
        words,
    )


def _render_box(name: str, *, hidden: bool) -> SafeString:
    """The field in which one types what to find; without a name it only narrows what is shown."""
    words = _("Find an establishment")
    return format_html(
        '<input type="search"{} class="console-places-find" aria-label="{}" placeholder="{}" maxlength="100" '
        'autocomplete="off"{}>',
        format_html(' name="{}"', name) if name else "",
        words,
        words,
        SafeString(" hidden") if hidden else "",
    )


def _render_group(name: str, group: Group, chosen: Collection[str]) -> SafeString:
    """One customer's ticks, escaped by hand: `format_html` of each takes five times as long."""
    rows = [(f"{SHOP_MARK}{it.pk}", str(it), "") for it in group.shops]
    if group.count > 1:
        all_of_them = ngettext("all, {count} establishment", "all, {count} establishments", group.count)
        rows.insert(0, (f"{CUSTOMER_MARK}{group.tenant.pk}", all_of_them.format(count=group.count), "is-all"))
    inner = "".join(
        f'<label class="{kind}"><input type="checkbox" name="{escape(name)}" value="{value}"'
        f"{' checked' if value in chosen else ''}> {escape(label)}</label>"
        for value, label, kind in rows
    )
    legend = f'<legend class="console-quiet">{escape(str(group.tenant))}</legend>'
    complete = " data-complete" if group.count == len(group.shops) else ""
    return SafeString(f"<fieldset{complete}>{legend}{inner}</fieldset>")
