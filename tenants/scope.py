"""The one way rows are scoped to a person. Every console query goes through `visible_to`; nothing else filters.

A model says where its reseller is found with one look-up path. A model that is not listed is visible to support only,
so that a forgotten line shows too little, never a neighbour.
"""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from tenants.models import User

M = TypeVar("M", bound=Model)

OWN_RESELLER_PATH: dict[str, str] = {
    "tenants.reseller": "pk",
    "tenants.user": "reseller",
    "tenants.tenant": "reseller",
}
TENANT_OWNED_PATH = "tenant__reseller"


def reseller_path(model: type[Model]) -> str | None:
    """The look-up from a row of `model` to its reseller, or None when only support may see the model."""
    if path := OWN_RESELLER_PATH.get(model._meta.label_lower):
        return path
    fields = {field.name for field in model._meta.get_fields()}
    return TENANT_OWNED_PATH if "tenant" in fields else None


def visible_to(user: User | AnonymousUser, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of `rows` that `user` may see: all for support, its own customers' for a reseller, none for others."""
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_support:
        return rows
    path = reseller_path(rows.model)
    return rows.none() if path is None else rows.filter(**{path: user.reseller_id})
