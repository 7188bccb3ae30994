"""What an establishment is: whose, its company in Exact, its tills, its mapping, its exports."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from booking.models import Mapping
from booking.questions import open_questions
from exact.api.consent import consent_of, say_consent
from exact.models import Activation, ActivationLink, LinkStep
from exports.console.overtaken_shown import left_behind
from exports.coverage.latest import last_days_of_tills
from exports.way.reviews import waiting_for_review
from integration.console.places.closed_page import coming_spans
from integration.console.places.section import Told, Visit
from integration.console.set_up.progress import list_tills
from on_demand.models import MonthlyExport, OnDemandExport, OnDemandShop
from on_demand.verdict import WORDS, verdict_of, with_verdicts
from tenants.models import WEEKDAYS, Establishment
from tenants.scope import visible_to

EXPORTS_SHOWN = 3


def identity(visit: Visit, shop: Establishment) -> Told:
    """Customer, reseller, code, SIRET, contact, opening days."""
    names = dict(WEEKDAYS)
    return {"shop": shop, "opening_days": [names[day] for day in sorted(shop.opening_days or ())]}


def exact(visit: Visit, shop: Establishment) -> Told:
    """The company its closings go to, by whose consent, and whether they go now; the link that is on its way."""
    if not visit.user.has_perm("exact.view_activation"):
        return None
    rows = visible_to(visit.user, Activation.objects.filter(establishment=shop))
    activation = rows.select_related("division__connection").first()
    connection = activation.division.connection if activation else None
    links = visible_to(visit.user, ActivationLink.objects.filter(establishment=shop, expires_at__gt=timezone.now()))
    last = visible_to(visit.user, ActivationLink.objects.filter(establishment=shop)).exclude(step=LinkStep.DONE)
    return {
        "shop": shop,
        "activation": activation,
        "linked": connection is not None and consent_of(connection).usable,
        "consent_words": say_consent(connection) if connection is not None else "",
        "link": last.order_by("-created_at").first(),
        "links": [*links.order_by("-created_at")],
        "to_review": waiting_for_review(shop).count() if shop.reviews_left else 0,
        "may_change": visit.user.has_perm("tenants.change_establishment"),
        "may_relink": visit.user.has_perm("exact.relink_activation"),
    }


def tills(visit: Visit, shop: Establishment) -> Told:
    """Every till: whether it is paired, with which device, when it last closed; those that were put away last."""
    if not visit.user.has_perm("tenants.view_till"):
        return None
    shown = sorted(list_tills([shop.pk], suspended=True)[shop.pk], key=lambda it: it.till.ended_at is not None)
    last_days = last_days_of_tills([it.till for it in shown])
    names = {it.till.pk: it.till.name for it in shown}
    in_place_of = {it.till.continues_id: it.till.name for it in shown}
    return {
        "shop": shop,
        "tills": [
            {
                "shown": it,
                "till": it.till,
                "last_day": last_days.get(it.till.pk),
                "former": names.get(it.till.continues_id or 0),
                "successor": in_place_of.get(it.till.pk),
            }
            for it in shown
        ],
        "may_change": visit.user.has_perm("tenants.change_till"),
    }


def closed(visit: Visit, shop: Establishment) -> Told:
    """The days it is closed, now and to come."""
    if not visit.user.has_perm("exports.change_closeddays"):
        return None
    return {"shop": shop, "spans": coming_spans(visit.user, shop)}


def mapping(visit: Visit, shop: Establishment) -> Told:
    """Whether there is a mapping, what of it Exact refuses, the open questions, what stands by former settings."""
    if not visit.user.has_perm("booking.view_mapping"):
        return None
    row = visible_to(visit.user, Mapping.objects.filter(establishment=shop)).first()
    activation = visible_to(visit.user, Activation.objects.filter(establishment=shop)).first()
    return {
        "shop": shop,
        "mapping": row,
        "questions": open_questions(row) if row else [],
        "faults": len(activation.problems) if activation else 0,
        "checked_at": activation.checked_at if activation else None,
        "left_behind": left_behind(shop),
    }


def exports(visit: Visit, shop: Establishment) -> Told:
    """The latest exports on demand of it, and its order for each month."""
    if not visit.user.has_perm("on_demand.view_ondemandexport"):
        return None
    beside_others = Exists(OnDemandShop.objects.filter(run=OuterRef("pk"), establishment=shop))
    rows = visible_to(visit.user, OnDemandExport.objects.filter(Q(establishment=shop) | beside_others))
    runs = with_verdicts(rows.only("format", "first_date", "last_date", "state", "asked_at", "tenant", "establishment"))
    return {
        "shop": shop,
        "runs": [(it, WORDS[verdict_of(it)]) for it in runs.order_by("-asked_at")[:EXPORTS_SHOWN]],
        "may_check": visit.user.has_perm("exports.check_storedclosing"),
        "monthly": visible_to(visit.user, MonthlyExport.objects.filter(establishment=shop)).first(),
        "may_ask": visit.user.has_perm("on_demand.add_ondemandexport"),
    }
