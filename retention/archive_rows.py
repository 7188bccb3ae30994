"""Which rows are a customer's, table by table, and how each is written: as JSON, without secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import RangeField
from django.db.models import BinaryField, Field, Model, Q, QuerySet

from on_demand.models import FileContent, FilePiece
from postgres.secret_text import SecretText
from tenants.models import HandOverOffer, Note, Tenant, User

PAGE = 500
R = TypeVar("R", bound=Model)
# Columns that are secrets, or that only this database can use.
SECRETS = frozenset({"password", "digest", "browser_digest", "state_digest"})
# Tables that are written otherwise (the bytes of a delivered file as that file), or are not the customer's: those who
# look after it write notes for each other (docs/decisions/0056), and resellers offer it to each other.
ELSEWHERE = frozenset({FileContent, FilePiece, HandOverOffer, Note})
# An identity digest of a closing proves its sameness; everywhere else a column of that name keys a secret.
NO_SECRET = frozenset({"clyo_ingest.ReceivedClosing.digest"})


def tables_of_customers() -> list[type[Model]]:
    """Every table with rows of customers: all that carry their tenant, the tenant itself, and its people."""
    ours = [model for model in apps.get_models() if model._meta.app_label in settings.OUR_APPS]
    return [model for model in ours if model not in ELSEWHERE and _select(model, None) is not None]


def rows_of(model: type[Model], tenant: Tenant) -> Iterator[dict[str, Any]]:
    """A customer's rows of one table, in the order of their keys; a binary column is its length only."""
    condition = _select(model, tenant)
    assert condition is not None
    columns = [field for field in model._meta.concrete_fields if not _is_secret(model, field)]
    for row in pages_of(model._default_manager.filter(condition)):
        yield {field.attname: _value(row, field) for field in columns}


def pages_of(rows: QuerySet[R]) -> Iterator[R]:
    """All rows in the order of their keys, read page by page, so that memory stays flat."""
    ordered, last = rows.order_by("pk"), None
    while page := [*(ordered if last is None else ordered.filter(pk__gt=last))[:PAGE]]:
        yield from page
        last = page[-1].pk


def _select(model: type[Model], tenant: Tenant | None) -> Q | None:
    """The condition that a row is the customer's. None: the table has no rows of customers."""
    if model is Tenant:
        return Q(pk=tenant.pk if tenant else None)
    if model is User:
        return Q(memberships__tenant=tenant)
    fields = {field.name: field.related_model for field in model._meta.concrete_fields}
    if fields.get("tenant") is Tenant:
        return Q(tenant=tenant)
    return None


def _is_secret(model: type[Model], field: Field[Any, Any]) -> bool:
    listed = field.name in SECRETS and f"{model._meta.label}.{field.name}" not in NO_SECRET
    return listed or isinstance(field, SecretText)


def _value(row: Model, field: Field[Any, Any]) -> Any:
    value = field.value_from_object(row)
    if isinstance(field, BinaryField):
        return None if value is None else {"bytes": len(value)}
    if isinstance(field, RangeField):
        return json.loads(field.value_to_string(row) or "null")
    return value
