"""A list as a file: the rows of its filters, in its columns, for a spreadsheet."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeData
from django.utils.text import capfirst, slugify

from tenants.table_file import FILES, Table, Value

ROWS_MAX = 10_000
CHOSEN_BY = "action_checkbox"
Raw = Mapping[str, Callable[[Any], Value]]


def list_file(
    shown: ChangeList, rows: Sequence[Model], kind: str, *, raw: Raw, without: Collection[str] = ()
) -> HttpResponse:
    """Answer `rows` as a file of a kind of `FILES`; `raw` has the columns whose values are more than their words.

    `without`: the columns that hold nothing but a link.
    """
    # A column without a heading holds buttons.
    left_out = {CHOSEN_BY, *without}
    columns = [name for name in shown.list_display if name not in left_out and _title(shown, name)]
    head = [_title(shown, name) for name in columns]
    title = capfirst(str(shown.opts.verbose_name_plural))
    content_type, write = FILES[kind]
    table = Table(title=title, head=head, rows=_read_rows(shown, rows, columns, raw))
    answer = HttpResponse(write([table]), content_type=content_type)
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="{slugify(title.replace("’", " "))}-{day}.{kind}"'
    return answer


def _title(shown: ChangeList, name: Any) -> str:
    return capfirst(str(label_for_field(name, shown.model, model_admin=shown.model_admin)))


def _read_rows(shown: ChangeList, rows: Sequence[Model], columns: Sequence[Any], raw: Raw) -> Iterator[list[Value]]:
    for row in rows:
        yield [raw[name](row) if name in raw else _read_cell(shown, row, name) for name in columns]


def _read_cell(shown: ChangeList, row: Model, name: Any) -> Value:
    field, _attribute, value = lookup_field(name, row, shown.model_admin)
    if field is not None and getattr(field, "flatchoices", None):
        value = getattr(row, f"get_{field.name}_display")()
    if isinstance(value, tuple):  # a state with its colour
        value = value[-1]
    if isinstance(value, datetime):
        return timezone.localtime(value)
    if value is None or isinstance(value, date | Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return " ".join(_read_words(value).split())


def _read_words(value: Any) -> str:
    """What people read of a cell, one line after the other; only what was made as HTML is read as such."""
    words = str(value)
    return unescape(strip_tags(words.replace("<br>", " – "))) if isinstance(words, SafeData) else words
