"""The head of a list: tabs of common filters, and the filters that are on, each with a link that removes it.

Beside the tabs stand the filters the person keeps (`tenants.saved_filter`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.admin import FieldListFilter, ListFilter
from django.contrib.admin.views.main import ERROR_FLAG, IGNORED_PARAMS, ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.db.models import BooleanField
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ledger import texts
from tenants.acting import person_behind
from tenants.models import User
from tenants.saved_filter import SavedFilter, filters_of, order_query
from tenants.scope import visible_to

AS = "as"
# Of the address of a list, what is no filter and is not kept with them.
PASSING = (PAGE_VAR, AS, ERROR_FLAG, *IGNORED_PARAMS)
KEPT_TOO = (ORDER_VAR, SEARCH_VAR)
ENDS = ("from", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTab:
    """A common question to a list: its name, and the filters that ask it."""

    title: str | Promise
    asks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TabShown:
    """A tab and its address; `current` when the list is what it asks for."""

    title: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, in words, and the address of the list without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedShown:
    """A filter that is kept, and its address. `by` names the colleague who shares it, "" for one's own.

    `lost` says that it asks for filters the list has no more: they are left out.
    """

    row: SavedFilter
    address: str
    current: bool
    lost: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHead:
    """All that stands above a list. `files` are its addresses as CSV and XLSX.

    `asked` is the query as it would be kept, and `may_keep` whether there is something to keep that is not kept yet.
    Who looks through another's eyes sees that one's filters and does not change them.
    """

    listed: str
    tabs: Sequence[TabShown]
    chips: Sequence[Chip]
    files: Sequence[tuple[str, str]]
    asked: str
    may_keep: bool
    may_change: bool
    saved: Sequence[SavedShown]

    @property
    def own(self) -> list[SavedShown]:
        """The saved filters the person may rename and remove."""
        return [it for it in self.saved if not it.by]


def list_head(shown: ChangeList, request: HttpRequest, tabs: Sequence[ListTab]) -> ListHead:
    """Return the head of a list as it is asked for."""
    user, listed = request.user, shown.opts.label_lower
    assert isinstance(user, User)
    asked, chips = query_of((name, request.GET.get(name, "")) for name in request.GET), [*_show_chips(shown, request)]
    saved = [*_show_saved(shown, request, user, asked)]
    kept, own_view = any(it.current for it in saved), person_behind(request) == user
    return ListHead(
        listed=listed,
        tabs=[*_show_tabs(request, tabs, kept=kept)],
        chips=chips,
        files=[(kind.upper(), _address(request, {AS: kind})) for kind in ("csv", "xlsx")],
        asked=asked,
        may_keep=bool(chips) and not kept and own_view,
        may_change=own_view,
        saved=saved,
    )


def query_of(asked: Iterable[tuple[str, str]]) -> str:
    """The part of a list's address that may be kept: its filters, search and order, as one text for the same list."""
    return urlencode(order_query((name, value) for name, value in asked if name not in PASSING or name in KEPT_TOO))


def unknown_filters(names: Iterable[str], model_admin: Any, request: HttpRequest) -> list[str]:
    """Which of the names in a list's address are neither a filter of it nor anything else it knows."""
    return [it for it in names if it not in PASSING and not model_admin.lookup_allowed(it, "", request)]


def _show_saved(shown: ChangeList, request: HttpRequest, user: User, asked: str) -> Iterator[SavedShown]:
    for row in filters_of(user, shown.opts.label_lower):
        parts = parse_qsl(row.asked)
        lost = unknown_filters(dict(parts), shown.model_admin, request)
        known = query_of((name, value) for name, value in parts if name not in lost)
        yield SavedShown(
            row=row,
            address=f"?{row.asked}",
            current=known != "" and known == asked,
            lost=bool(lost),
            by="" if row.person_id == user.pk else str(row.person),
        )


def _show_tabs(request: HttpRequest, tabs: Sequence[ListTab], *, kept: bool) -> Iterator[TabShown]:
    """Each tab sets the parameters that tabs ask with, and leaves all other filters of the address as they are.

    `kept`: a saved filter is on; then no tab is shown as the current one.
    """
    about = {name for tab in tabs for name in tab.asks}
    asked = {name: request.GET.get(name, "") for name in about}
    for tab in tabs:
        wanted = dict.fromkeys(about, "") | dict(tab.asks)
        yield TabShown(title=str(tab.title), address=_address(request, wanted), current=not kept and asked == wanted)


def _show_chips(shown: ChangeList, request: HttpRequest) -> Iterator[Chip]:
    if term := request.GET.get(SEARCH_VAR, "").strip():
        yield Chip(words=_("Search: {term}").format(term=term), without=_address(request, {SEARCH_VAR: ""}))
    for spec in shown.filter_specs:
        names = [name for name in spec.expected_parameters() if name and request.GET.get(name)]
        if names:
            words = _("{filter}: {value}").format(filter=capfirst(str(spec.title)), value=_say(spec, request, names))
            yield Chip(words=words, without=_address(request, dict.fromkeys(names, "")))


def _say(spec: ListFilter, request: HttpRequest, names: Sequence[str]) -> str:
    """The value of a filter, as the filter itself calls it."""
    values = {name: request.GET.get(name, "") for name in names}
    ends = {end: value for name, value in values.items() for end in ENDS if name.endswith(f"_{end}")}
    if ends:
        said = {end: _say_end(value) for end, value in ends.items()}
        return " – ".join((said.get("from", "…"), said.get("to", "…")))
    value = next(iter(values.values()))
    known = {str(key): str(words) for key, words in _list_choices(spec)}
    return known.get(value) or _name_row(spec, request, value) or value


def _say_end(value: str) -> str:
    try:
        return date_format(texts.day(value), "SHORT_DATE_FORMAT")
    except ValueError:
        return value


def _list_choices(spec: ListFilter) -> Sequence[tuple[Any, Any]]:
    if isinstance(spec, FieldListFilter):
        answers = (("1", _("yes")), ("0", _("no"))) if isinstance(spec.field, BooleanField) else ()
        return [*(spec.field.flatchoices or ()), *answers]
    return getattr(spec, "lookup_choices", ())


def _name_row(spec: ListFilter, request: HttpRequest, value: str) -> str:
    """The row a filter names, if the person sees it."""
    related = getattr(getattr(spec, "field", None), "related_model", None)
    pk = texts.whole(value)
    if related is None or pk is None:
        return ""
    row = visible_to(request.user, related._default_manager.filter(pk=pk)).first()
    return str(row) if row is not None else ""


def _address(request: HttpRequest, changes: Mapping[str, str]) -> str:
    """The list's own address with other values; "" takes one out, and the list begins at its first page."""
    asked = QueryDict(mutable=True)
    for name in request.GET:
        value = request.GET.get(name, "")
        if value and name not in (PAGE_VAR, AS, ERROR_FLAG, *changes):
            asked[name] = value
    asked.update({name: value for name, value in changes.items() if value})
    return f"?{asked.urlencode()}" if asked else "?"
