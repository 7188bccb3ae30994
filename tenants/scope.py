"""The one way rows are scoped to a person. Every console query goes through `visible_to`; nothing else filters.

PostgreSQL checks the same again (`postgres.seen`), for a query that forgets it.

A model says where its reseller and its customer are found with look-up paths. A model that is not listed and has no
`tenant` is visible to support only, so that a forgotten line shows too little, never a neighbour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from postgres.seen import Seen
from tenants.models import HandOver, HandOverOffer, Tenant, User
from tenants.rights import MEMBERS_IN_POSTGRES

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Paths:
    """Look-ups from a row to the resellers that see it, and to the customer whose members see it.

    `of_reseller` is what its people see where no look-up says it.
    """

    resellers: tuple[str, ...] = ()
    tenant: str | None = None
    many: bool = False  # the look-ups can find a row several times, so that the query needs DISTINCT
    of_reseller: Callable[[User], Q] | None = None


def _select_history(user: User) -> Q:
    """Changes of the customers its reseller has, whoever had them then; of those it handed over, the hand-over only."""
    own = Tenant.objects.filter(reseller=user.reseller_id)
    given = HandOver.objects.filter(reseller=user.reseller_id).exclude(tenant__in=own)
    taken = HandOver.objects.filter(tenant__in=own).exclude(reseller=user.reseller_id)
    kept = Q(tenant=None) | Q(table_name=HandOver._meta.db_table) | ~Q(tenant__in=given.values("tenant"))
    return Q(kept, reseller=user.reseller_id) | Q(tenant__in=taken.values("tenant"))


def _select_notes(user: User) -> Q:
    """Notes on its reseller's customers; those by a former reseller's people only if it let them go along."""
    given = HandOver.objects.filter(tenant=OuterRef("tenant"), reseller=OuterRef("author__reseller"))
    went_along = Coalesce(Subquery(given.order_by("-pk").values("notes_go_along")[:1]), True)
    colleague = Q(author__reseller=user.reseller_id)
    return Q(tenant__reseller=user.reseller_id) & (colleague | Q(Exact(went_along, True)))


def _select_offers(user: User) -> Q:
    """Offers that its reseller made of customers it still has, and offers to this person."""
    given = Q(reseller=user.reseller_id, tenant__in=Tenant.objects.filter(reseller=user.reseller_id))
    return given | Q(pk__in=HandOverOffer.objects.filter(received__person=user).values("pk"))


OWN_PATHS: dict[str, Paths] = {
    "tenants.reseller": Paths(resellers=("pk",)),
    "tenants.user": Paths(resellers=("reseller", "memberships__tenant__reseller"), many=True),
    "exports.repostrun": Paths(resellers=("items__tenant__reseller",), tenant="tenant", many=True),
    "on_demand.exportset": Paths(resellers=("parts__tenant__reseller",), tenant="parts__tenant", many=True),
    "tenants.lookthrough": Paths(resellers=("reseller", "seen_as__memberships__tenant__reseller"), many=True),
    "tenants.factorreset": Paths(resellers=("reseller",)),
    "tenants.change": Paths(of_reseller=_select_history, tenant="tenant"),
    "tenants.handover": Paths(resellers=("reseller", "tenant__reseller"), tenant="tenant"),
    "tenants.handoveroffer": Paths(of_reseller=_select_offers, tenant="tenant"),
    "tenants.note": Paths(of_reseller=_select_notes, tenant="tenant"),
    "tenants.tenant": Paths(resellers=("reseller",), tenant="pk"),
}
TENANT_OWNED = Paths(resellers=("tenant__reseller",), tenant="tenant")


def paths_of(model: type[Model]) -> Paths:
    """The look-ups from rows of `model` to their reseller and customer; empty when only support may see the rows."""
    if paths := OWN_PATHS.get(model._meta.label_lower):
        return paths
    fields = {field.name for field in model._meta.get_fields()}
    return TENANT_OWNED if "tenant" in fields else Paths()


@cache
def _is_closed_to(role: str, model: type[Model]) -> bool:
    """Whether the model's policies (`postgres.seen`) give a role no right to the table: then it is not queried."""
    return any(isinstance(it, Seen) and role not in it.reads for it in model._meta.constraints)


def visible_to(user: User | AnonymousUser, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of `rows` that `user` may see; of the chosen customer only, if one is chosen (`tenants.chosen`)."""
    seen = all_visible_to(user, rows)
    chosen, path = getattr(user, "chosen_customer", None), paths_of(rows.model).tenant
    return seen if chosen is None or path is None else seen.filter(**{path: chosen})


def all_visible_to(user: User | AnonymousUser, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of `rows` that `user` may see, whatever customer is chosen.

    All for support, its own customers' for a reseller, those of the customers that invited them for accountants and
    restaurants' own people, none for anybody else.
    """
    if not isinstance(user, User) or not user.is_active:
        return rows.none()
    if user.is_support:
        return rows
    paths = paths_of(rows.model)
    if user.is_member:
        if _is_closed_to(MEMBERS_IN_POSTGRES[user.role], rows.model):
            return rows.none()
        return rows.filter(**{f"{paths.tenant}__in": [*user.leave_by_customer]}) if paths.tenant else rows.none()
    if paths.of_reseller is not None:
        return rows.filter(paths.of_reseller(user))
    if not paths.resellers:
        return rows.none()
    own = Q()
    for path in paths.resellers:
        own |= Q(**{path: user.reseller_id})
    return rows.filter(pk__in=rows.model._default_manager.filter(own).values("pk")) if paths.many else rows.filter(own)
