"""What a customer is: its reseller, its companies in Exact, its people, its exports, its establishments."""

from django.db.models import Count, Q
from django.urls import reverse

from concerns.condition import with_facts
from exact.api.consent import consent_of
from exact.models import Division
from integration.console.places.section import Told, Visit
from integration.console.places.shops_map import map_of
from on_demand.models import BookYear, MonthlyExport, OnDemandExport
from on_demand.verdict import WORDS, verdict_of, with_verdicts
from tenants.models import Establishment, Membership, Tenant
from tenants.scope import visible_to

SHOPS_MAX = 50
LISTED_MAX = 50
EXPORTS_SHOWN = 5


def identity(visit: Visit, tenant: Tenant) -> Told:
    """Legal name, SIREN, reseller."""
    return {"tenant": tenant, "by_support": visit.user.is_support}


def companies(visit: Visit, tenant: Tenant) -> Told:
    """The companies its closings go to, by whose consent, and how many establishments go there."""
    if not visit.user.has_perm("exact.view_connection"):
        return None
    rows = visible_to(visit.user, Division.objects.filter(tenant=tenant)).select_related("connection")
    going = rows.annotate(going=Count("activations", filter=Q(activations__active=True))).filter(going__gt=0)
    shown = going.order_by("name")[:LISTED_MAX]
    return {"tenant": tenant, "companies": [(it, consent_of(it.connection), it.going) for it in shown]}


def people(visit: Visit, tenant: Tenant) -> Told:
    """Its accountants and its own people, for who may invite such."""
    if not visit.user.has_perm("tenants.view_membership"):
        return None
    rows = visible_to(visit.user, Membership.objects.filter(tenant=tenant, ended_at=None)).select_related("user")
    shown = rows.order_by("user__email")[:LISTED_MAX]
    page = "admin:tenants_membership_change"
    return {"people": [(it.user, it.user.get_role_display(), reverse(page, args=[it.pk])) for it in shown]}


def exports(visit: Visit, tenant: Tenant) -> Told:
    """The latest exports on demand, the orders for each month, the fiscal years that were said."""
    if not visit.user.has_perm("on_demand.view_ondemandexport"):
        return None
    rows = visible_to(visit.user, OnDemandExport.objects.filter(tenant=tenant)).select_related("tenant")
    exports = with_verdicts(rows.defer("sheet", "sheet_csv", "comparison"))
    monthly = visible_to(visit.user, MonthlyExport.objects.filter(tenant=tenant)).select_related("establishment")
    return {
        "exports": [(it, WORDS[verdict_of(it)]) for it in exports.order_by("-asked_at")[:EXPORTS_SHOWN]],
        "monthly": monthly.order_by("pk")[:LISTED_MAX],
        "years": visible_to(visit.user, BookYear.objects.filter(tenant=tenant)).order_by("-first_day")[:EXPORTS_SHOWN],
    }


def shops(visit: Visit, tenant: Tenant) -> Told:
    """Its establishments by their codes, each with how it stands and its last days."""
    rows = visible_to(visit.user, Establishment.objects.filter(tenant=tenant)).select_related("tenant__reseller")
    found = [*with_facts(rows).order_by("code")[: SHOPS_MAX + 1]]
    return {
        "tenant": tenant,
        "map": map_of(visit.user, found[:SHOPS_MAX]),
        "more": len(found) > SHOPS_MAX,
        "may_add": visit.user.has_perm("tenants.add_establishment"),
    }
