"""The console's page of every change: who, what, before and after. Nobody edits it, here or in the database."""

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import DateTimeField, Model
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tenants.console import DaysFilter, OwnAutocompleteFilter, ReadOnlyAdmin
from tenants.models import Change, Operation

SHOWN_MAX = 12
VALUE_MAX = 120
# Columns every row begins with, or that are ids of others; they say nothing that the page does not say already.
PLUMBING = frozenset({"id", "tenant_id", "created_at", "user_id"})
LABELS = {Operation.INSERT: "success", Operation.UPDATE: "info", Operation.DELETE: "danger"}


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """Who changed what, from the audit's rows; nobody can change these."""

    list_display = ["when", "who", "kind", "label", "operation_label", "difference", "tenant"]
    list_filter = ["operation", ("tenant", OwnAutocompleteFilter), ("at", DaysFilter)]
    lookups = frozenset({"operation__exact", "tenant__id__exact", "at_from", "at_to"})
    list_select_related = ["actor", "seen_as", "tenant"]
    search_fields = ["label"]
    search_help_text = _("Name of the customer, establishment, till or person that was changed")
    fields = ["when", "who", "kind", "label", "operation_label", "tenant", "reseller", "difference"]
    sortable_by: list[str] = []

    @admin.display(description=_("when"))
    def when(self, change: Change) -> str:
        return date_format(localtime(change.at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("who"))
    def who(self, change: Change) -> str:
        """The person at the keyboard, never whose view it was; or the link whose pages it was done on."""
        if change.link is not None:
            return _now("activation link {number} of {holder}").format(number=change.link, holder=change.link_holder)
        if change.actor is None:
            return _now("a till or the service")
        if change.seen_as is None:
            return str(change.actor)
        return _now("{person}, in the view of {other}").format(person=change.actor, other=change.seen_as)

    @admin.display(description=_("kind"))
    def kind(self, change: Change) -> str:
        model = model_of(change.table_name)
        return str(model._meta.verbose_name) if model else change.table_name

    @display(description=_("operation"), label=LABELS)
    def operation_label(self, change: Change) -> tuple[str, str]:
        return change.operation, change.get_operation_display()

    @admin.display(description=_("before → after"))
    def difference(self, change: Change) -> SafeString:
        rows = [*differences(change)]
        more = format_html(" …") if len(rows) > SHOWN_MAX else SafeString("")
        return format_html_join(SafeString("<br>"), "<b>{}</b> : {}", rows[:SHOWN_MAX]) + more

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenants.view_change")


def model_of(table: str) -> type[Model] | None:
    """The model of an audited table."""
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def differences(change: Change) -> Iterable[tuple[str, str]]:
    """Each column that differs, by the name people know, and "before → after"; documents key by key."""
    model = model_of(change.table_name)
    fields = {field.column: field for field in model._meta.concrete_fields} if model else {}
    for column in sorted({*change.before, *change.after} - PLUMBING):
        field = fields.get(column)
        if field is not None and field.is_relation and change.operation == Operation.INSERT:
            continue
        name = str(field.verbose_name) if field is not None else column
        was, became = change.before.get(column), change.after.get(column)
        if isinstance(became, dict):
            was = was if isinstance(was, dict) else {}
            for key in sorted({*was, *became}):
                if was.get(key) != became.get(key):
                    yield f"{name} › {key}", _arrow(in_words(was.get(key)), in_words(became.get(key)))
        else:
            before, after = in_words(was, field), in_words(became, field)
            if before != after:
                yield name, _arrow(before, after)


def in_words(value: Any, field: Any = None) -> str:
    """A stored value as people read it, short enough for a list; nothing for what is empty."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if field is not None and field.choices and not isinstance(value, list):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateTimeField) and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_MAX else f"{text[:VALUE_MAX]}…"


def _arrow(before: str, after: str) -> str:
    return f"{before} → {after or '–'}" if before else f"→ {after}"
