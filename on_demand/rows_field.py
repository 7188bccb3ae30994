"""A table of rows in a form, to which rows can be added: codes and names, a box for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy

BLANK_ROWS = 3
ROWS_MAX = 1000


class ManyValues(Protocol):
    """What a browser sent: several values under one name."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its words, an example shown in an empty box, and whether each row needs it."""

    words: Any
    example: str = ""
    required: bool = True


class RowsWidget(forms.Widget):
    """The rows there are, and some empty ones; a button adds more where scripts run."""

    template_name = "on_demand/rows_widget.html"

    class Media:
        js = (Script("on_demand/rows.js", defer=True),)

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = columns

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        sent: ManyValues = data
        columns = [sent.getlist(f"{name}_{place}") for place in range(len(self.columns))]
        rows = ([cell.strip() for cell in row] for row in zip(*columns, strict=False))
        return [row for row in rows if any(row)]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rows = [*(value or []), *([[""] * len(self.columns)] * BLANK_ROWS)]
        names = [f"{name}_{place}" for place in range(len(self.columns))]
        context["columns"] = self.columns
        context["rows"] = [
            (number, [*zip(names, self.columns, row, strict=True)]) for number, row in enumerate(rows, start=1)
        ]
        return context


class RowsField(forms.Field):
    """Rows of texts, cleaned to a list of them; a row without what it needs, or a first cell twice, is refused."""

    widget: RowsWidget
    default_error_messages = {
        "incomplete": gettext_lazy("Row {row}: “{column}” is missing."),
        "twice": gettext_lazy("Row {row}: “{value}” stands there twice."),
        "too_many": gettext_lazy("At most {most} rows."),
    }

    def __init__(self, columns: Sequence[Column], **more: Any) -> None:
        super().__init__(widget=RowsWidget(columns), required=False, **more)
        self.columns = columns

    def clean(self, value: list[list[str]]) -> list[list[str]]:
        if len(value) > ROWS_MAX:
            raise self._refuse("too_many", most=ROWS_MAX)
        seen: set[str] = set()
        for number, row in enumerate(value, start=1):
            for column, cell in zip(self.columns, row, strict=True):
                if column.required and not cell:
                    raise self._refuse("incomplete", row=number, column=column.words)
            if row[0] in seen:
                raise self._refuse("twice", row=number, value=row[0])
            seen.add(row[0])
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [*(initial or [])] != [*(data or [])]

    def _refuse(self, code: str, **facts: Any) -> ValidationError:
        return ValidationError(str(self.error_messages[code]).format(**facts), code=code)
