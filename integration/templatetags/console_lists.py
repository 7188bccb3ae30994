"""A list's cells, marked for a narrow screen: there a row is two short lines, and the rest unfolds.

unfold makes the heads of the columns, tick box and all, anew for each row, and a template of each label; here heads are
made once for a list, and a label once.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.utils.safestring import SafeString, mark_safe
from unfold.templatetags import unfold_list

register = template.Library()

CHECKBOX = "action_checkbox"
# How many columns beside the first stay on a short row of an admin that does not say which (`short_row`).
SHORT_BY_DEFAULT = 2
HEADS = "_heads"
# States, in two languages.
LABELS_KEPT = 256


def _keep_heads() -> None:
    make = unfold_list.result_headers

    def kept(shown: ChangeList) -> list[dict[str, Any]]:
        if not hasattr(shown, HEADS):
            setattr(shown, HEADS, [*make(shown)])
        heads: list[dict[str, Any]] = getattr(shown, HEADS)
        return heads

    unfold_list.result_headers = kept


def _keep_labels() -> None:
    make = unfold_list.display_for_label

    @lru_cache(LABELS_KEPT)
    def make_once(words: str, kind: str) -> SafeString:
        label: SafeString = make((kind, words), "", {kind: kind})
        return label

    def kept(value: Any, empty: str, kinds: Any) -> SafeString:
        if isinstance(value, tuple) and isinstance(kinds, dict) and value[0] in kinds:
            return make_once(str(value[1]), kinds[value[0]])
        label: SafeString = make(value, empty, kinds)
        return label

    unfold_list.display_for_label = kept


_keep_heads()
_keep_labels()


@register.filter
def first_page(shown: ChangeList) -> str:
    """The address of the first page of a list, with what is asked of it."""
    return str(shown.get_query_string(remove=[PAGE_VAR]))


@register.filter
def marked_cells(cells: Iterable[SafeString], shown: ChangeList) -> Iterator[SafeString]:
    """The cells of a row as unfold made them, in the order of the columns; the one that names the row is its head."""
    columns = [it for it in shown.list_display if it != CHECKBOX]
    short = getattr(shown.model_admin, "short_row", columns[1 : 1 + SHORT_BY_DEFAULT])
    for column, cell in zip(shown.list_display, cells, strict=True):
        if column == CHECKBOX:
            yield cell
        elif column == columns[0]:
            yield _make_head(cell)
        else:
            yield _mark(_make_plain(cell), "is-short" if column in short else "is-rest")


def _mark(cell: str, word: str) -> SafeString:
    # What unfold wrote was escaped by it.
    return mark_safe(cell.replace('class="', f'class="{word} ', 1))  # noqa: S308


def _make_head(cell: str) -> SafeString:
    return _mark(f'<th scope="row"{_cut_inside(cell)}</th>', "is-name")


def _make_plain(cell: str) -> str:
    """unfold makes a head of whatever leads to the row's page."""
    return f"<td{_cut_inside(cell)}</td>"


def _cut_inside(cell: str) -> str:
    return cell.strip()[len("<td") : -len("</td>")]
