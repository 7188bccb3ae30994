"""The one way rows are scoped to a person. Every console query goes through `visible_to`; nothing else filters.

Behind it PostgreSQL keeps the same once more (`postgres.seen`), for the query that forgets.

A model says where its reseller and its customer are found with look-up paths. A model that is not listed and has no
`tenant` is visible to support only, so that a forgotten line shows too little, never a neighbour.
"""

from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from tenants.models import User

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Paths:
    """Look-ups from a row to the resellers that see it, and to the customer whose accountants see it."""

    resellers: tuple[str, ...] = ()
    tenant: str | None = None


OWN_PATHS: dict[str, Paths] = {
    "tenants.reseller": Paths(resellers=("pk",)),
    "tenants.user": Paths(resellers=("reseller", "tenant__reseller")),
    "exports.repostrun": Paths(resellers=("reseller",)),
    "tenants.lookthrough": Paths(resellers=("reseller",)),
    "tenants.change": Paths(resellers=("reseller",), tenant="tenant"),
    "tenants.tenant": Paths(resellers=("reseller",), tenant="pk"),
}
TENANT_OWNED = Paths(resellers=("tenant__reseller",), tenant="tenant")


def paths_of(model: type[Model]) -> Paths:
    """Where rows of `model` say whose they are; empty when only support may see them."""
    if paths := OWN_PATHS.get(model._meta.label_lower):
        return paths
    fields = {field.name for field in model._meta.get_fields()}
    return TENANT_OWNED if "tenant" in fields else Paths()


def visible_to(user: User | AnonymousUser, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of `rows` that `user` may see.

    All for support, its own customers' for a reseller, one customer's for an accountant, none for anybody else.
    """
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_support:
        return rows
    paths = paths_of(rows.model)
    if user.tenant_id is not None:
        return rows.filter(**{paths.tenant: user.tenant_id}) if paths.tenant else rows.none()
    if not paths.resellers:
        return rows.none()
    own = Q()
    for path in paths.resellers:
        own |= Q(**{path: user.reseller_id})
    return rows.filter(own)
