"""What stands above a list: tabs people go by, and the filters that are on, each with the way to take it off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import FieldListFilter, ListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import BooleanField
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ledger import texts
from tenants.scope import visible_to

# Of the address of a list, what is no filter.
PAGE, ORDER, SEARCH, AS = "p", "o", "q", "as"
ENDS = ("from", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTab:
    """A way many people look at a list: its name, and the filters that make it."""

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
class ListHead:
    """All that stands above a list. `files` are its addresses as CSV and XLSX."""

    tabs: Sequence[TabShown]
    chips: Sequence[Chip]
    files: Sequence[tuple[str, str]]


def list_head(shown: ChangeList, request: HttpRequest, tabs: Sequence[ListTab]) -> ListHead:
    """Return the head of a list as it is asked for."""
    return ListHead(
        tabs=[*_show_tabs(request, tabs)],
        chips=[*_show_chips(shown, request)],
        files=[(kind.upper(), _address(request, {AS: kind})) for kind in ("csv", "xlsx")],
    )


def _show_tabs(request: HttpRequest, tabs: Sequence[ListTab]) -> Iterator[TabShown]:
    """A tab changes what the tabs are about and leaves other filters as they are."""
    about = {name for tab in tabs for name in tab.asks}
    asked = {name: request.GET.get(name, "") for name in about}
    for tab in tabs:
        wanted = dict.fromkeys(about, "") | dict(tab.asks)
        yield TabShown(title=str(tab.title), address=_address(request, wanted), current=asked == wanted)


def _show_chips(shown: ChangeList, request: HttpRequest) -> Iterator[Chip]:
    if term := request.GET.get(SEARCH, "").strip():
        yield Chip(words=_("Search: {term}").format(term=term), without=_address(request, {SEARCH: ""}))
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
        if value and name not in (PAGE, AS, *changes):
            asked[name] = value
    asked.update({name: value for name, value in changes.items() if value})
    return f"?{asked.urlencode()}" if asked else "?"
