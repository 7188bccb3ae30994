"""What the audit says of a customer's file settings: each option by the name it has in the form."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from pydantic import BaseModel

from on_demand.forms import FileSettingsForm
from on_demand.options import FileOptions


def tell_options(was: Any, became: Any) -> Iterator[tuple[str, str, str]]:
    """Each option that is another now, as people read it before and after."""
    before, after = FileOptions.model_validate(was or {}), FileOptions.model_validate(became or {})
    for name in FileOptions.model_fields:
        field, former, latter = FileSettingsForm.base_fields[name], getattr(before, name), getattr(after, name)
        if former != latter:
            yield str(field.label), _say(field, former), _say(field, latter)


def _say(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{code} = {_say_row(row)}" for code, row in value.items())
    words = {str(key): str(said) for key, said in getattr(field, "choices", ())}
    return words.get("tab" if value == "\t" else str(value), str(value))


def _say_row(row: Any) -> str:
    return " ".join(filter(None, row.model_dump().values())) if isinstance(row, BaseModel) else str(row)
