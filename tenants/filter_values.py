"""Values in a list's address that its filters cannot read: said by name, and the list is shown without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateFilter, RangeNumericFilter
from unfold.utils import parse_date_str

from ledger import texts

YES_OR_NO = ("0", "1")
# How many unreadable values are named in the message, and how many characters of each.
VALUES_MAX, VALUE_MAX = 3, 40
Readers = Iterator[tuple[str, str, Callable[[str], bool]]]


def unreadable_values(asked: ReadOnly[str, str], model_admin: Any, request: HttpRequest) -> dict[str, str]:
    """The names in a list's address whose value its filters cannot read, each with the filter's title."""
    found = {}
    for item in model_admin.get_list_filter(request):
        for name, title, reads in _list_readers(item, model_admin, request):
            if (value := asked.get(name, "")) and not reads(value):
                found[name] = title
    return found


def say_unreadable(values: Iterable[tuple[str, str]]) -> str:
    """The sentence for values that could not be read, each with the title of its filter; "" for none."""
    told = [*values]
    named = [_("{filter}: “{value}”").format(filter=capfirst(it), value=value[:VALUE_MAX]) for it, value in told]
    words = ngettext(
        "A filter could not be read, and what is shown is not filtered by it: {values}.",
        "Filters could not be read, and what is shown is not filtered by them: {values}.",
        len(told),
    )
    return words.format(values=", ".join(named[:VALUES_MAX])) if told else ""


def warn_of_unreadable(request: HttpRequest, name: str, title: str) -> None:
    """Tell the person that a value of a page's own address could not be read; nothing where none was given."""
    if value := request.GET.get(name, ""):
        messages.warning(request, say_unreadable([(title, value)]))


def _list_readers(item: Any, model_admin: Any, request: HttpRequest) -> Readers:
    """Each parameter of a filter with its title, and what says whether a value can be read."""
    if isinstance(item, type) and issubclass(item, SimpleListFilter):
        known = item(request, {}, model_admin.model, model_admin).lookup_choices
        yield str(item.parameter_name), str(item.title), {str(key) for key, _words in known}.__contains__
        return
    path, kind = (item, None) if isinstance(item, str) else item
    field = get_fields_from_path(model_admin.model, path)[-1]
    title = str(getattr(field, "verbose_name", path))
    if kind is not None and issubclass(kind, RangeDateFilter | RangeNumericFilter):
        reads = _is_date if issubclass(kind, RangeDateFilter) else _make_number_reader(field)
        yield from ((f"{path}_{end}", title, reads) for end in ("from", "to"))
    elif field.is_relation:
        yield f"{path}__id__exact", title, _is_key
    else:
        answers = YES_OR_NO if isinstance(field, BooleanField) else [str(key) for key, _words in field.flatchoices]
        yield f"{path}__exact", title, {*answers}.__contains__


def _is_date(value: str) -> bool:
    return parse_date_str(value) is not None


def _is_key(value: str) -> bool:
    return texts.whole(value) is not None


def _make_number_reader(field: Field[Any, Any]) -> Callable[[str], bool]:
    def reads(value: str) -> bool:
        try:
            field.clean(value, None)
        except ValidationError:
            return False
        return True

    return reads
