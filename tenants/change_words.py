"""A change of the audit as people read it: who did it, what kind of row it was, what it was and became."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from postgres.guards import Audited
from tenants.models import Change, Operation, User
from tenants.scope import visible_to

VALUE_MAX = 120
# Columns every row begins with, or that are ids of others; they say nothing that the page does not say already.
PLUMBING = frozenset({"id", "tenant_id", "created_at", "user_id"})


def may_read_changes(user: Any, model: type[Model]) -> bool:
    """Whether a person may read what was done to rows of a model: who may invite people, all; else who changes such
    rows itself. The rows of people are changed by those who invite, so nobody else reads theirs."""
    if not isinstance(user, User) or not any(isinstance(it, Audited) for it in model._meta.constraints):
        return False
    return user.has_perm("tenants.view_change") or user.has_perm(
        f"{model._meta.app_label}.change_{model._meta.model_name}"
    )


def changes_of(user: User, *rows: Model) -> QuerySet[Change]:
    """What was done to these rows, the newest first, as far as the person may read it. One look into an index each."""
    about = Q(pk__in=[])
    for row in rows:
        if may_read_changes(user, type(row)):
            about |= Q(table_name=row._meta.db_table, row_id=str(row.pk))
    return visible_to(user, Change.objects.filter(about)).select_related("actor", "seen_as").order_by("-at", "-pk")


def who_did(change: Change) -> str:
    """The person at the keyboard, never whose view it was; or the link whose pages it was done on."""
    if change.link is not None:
        return _("activation link {number} of {holder}").format(number=change.link, holder=change.link_holder)
    if change.actor is None:
        return _("a till or the service")
    if change.seen_as is None:
        return str(change.actor)
    return _("{person}, in the view of {other}").format(person=change.actor, other=change.seen_as)


def kind_of(change: Change) -> str:
    """What sort of row was changed: "establishment"."""
    model = model_of(change.table_name)
    return str(model._meta.verbose_name) if model else change.table_name


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
                    yield f"{name} › {_name_key(key)}", _arrow(in_words(was.get(key)), in_words(became.get(key)))
        else:
            before, after = in_words(was, field), in_words(became, field)
            if before != after:
                yield name, _arrow(before, after)


def in_words(value: Any, field: Any = None) -> str:
    """A stored value as people read it, short enough for a list; nothing for what is empty."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and field.choices and not isinstance(value, list):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateTimeField) and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
    text = _write_out(value)
    return text if len(text) <= VALUE_MAX else f"{text[:VALUE_MAX]}…"


def _write_out(value: Any) -> str:
    """A part of a document without a programmer's signs: "cash CA, sales 70"; what is empty is left out."""
    if isinstance(value, dict):
        told = ((_name_key(key), _write_out(part)) for key, part in value.items())
        return ", ".join(f"{key} {part}" for key, part in told if part)
    if isinstance(value, list):
        return "; ".join(filter(None, map(_write_out, value)))
    return in_words(value) if value is None or isinstance(value, bool) else str(value)


def _name_key(key: str) -> str:
    return key.replace("_", " ")


def _arrow(before: str, after: str) -> str:
    return f"{before} → {after or '–'}" if before else f"→ {after}"
