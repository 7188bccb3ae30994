"""What an establishment is: whose, its company in Exact, its tills, its mapping, its exports."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from booking.questions import open_questions
from exact.api.consent import consent_of, say_consent
from exact.models import ActivationLink, LinkStep
from exports.console.overtaken_shown import left_behind
from exports.coverage.anew import anew_in, beside_since
from exports.way.reviews import waiting_for_review
from integration.console.places.closed_page import coming_spans
from integration.console.places.section import Told, Visit
from integration.console.places.seen_shop import SeenShop
from on_demand.models import OnDemandExport, OnDemandShop
from on_demand.verdict import WORDS, verdict_of, with_verdicts
from tenants.models import WEEKDAYS
from tenants.scope import visible_to

EXPORTS_SHOWN = 3


def identity(visit: Visit, seen: SeenShop) -> Told:
    """Customer, reseller, code, SIRET, contact, opening days."""
    names = dict(WEEKDAYS)
    return {"shop": seen.shop, "opening_days": [names[day] for day in sorted(seen.shop.opening_days or ())]}


def exact(visit: Visit, seen: SeenShop) -> Told:
    """The company its closings go to, by whose consent, and whether they go now; the link that is on its way."""
    if not visit.user.has_perm("exact.view_activation"):
        return None
    shop, activation = seen.shop, seen.activation
    connection = activation.division.connection if activation else None
    links, now = visible_to(visit.user, ActivationLink.objects.filter(establishment=shop)), timezone.now()
    newest = links.exclude(step=LinkStep.DONE).order_by("-created_at").values("pk")[:1]
    shown = [*links.filter(Q(pk__in=newest) | Q(expires_at__gt=now)).order_by("-created_at")]
    live = [it for it in shown if it.expires_at > now]
    return {
        "shop": shop,
        "activation": activation,
        "linked": connection is not None and consent_of(connection).usable,
        "consent_words": say_consent(connection) if connection is not None else "",
        "link": next((it for it in shown if it.step != LinkStep.DONE), None),
        "links": live,
        "sent": any(it.mailed_to and it.step != LinkStep.DONE for it in live),
        "to_review": waiting_for_review(shop).count() if shop.reviews_left else 0,
        "may_change": visit.user.has_perm("tenants.change_establishment"),
        "may_relink": visit.user.has_perm("exact.relink_activation"),
    }


def tills(visit: Visit, seen: SeenShop) -> Told:
    """Every till: whether it is paired, with which device, when it last closed; those that were put away last."""
    if not visit.user.has_perm("tenants.view_till"):
        return None
    shown = seen.tills
    names = {it.till.pk: it.till.name for it in shown}
    in_place_of = {it.till.continues_id: it.till.name for it in shown}
    anew = anew_in(seen.shop.pk) if any(it.ever_beside for it in shown) else ()
    return {
        "shop": seen.shop,
        "tills": [
            {
                "shown": it,
                "till": it.till,
                "last_day": it.last_day,
                "former": names.get(it.till.continues_id or 0),
                "successor": in_place_of.get(it.till.pk),
                "beside": it.till.ended_at is None and beside_since(it.till.pk, anew) is not None,
            }
            for it in shown
        ],
        "may_change": visit.user.has_perm("tenants.change_till"),
    }


def closed(visit: Visit, seen: SeenShop) -> Told:
    """The days it is closed, now and to come."""
    if not visit.user.has_perm("exports.change_closeddays"):
        return None
    return {"shop": seen.shop, "spans": coming_spans(visit.user, seen.shop) if seen.coming_spans else []}


def mapping(visit: Visit, seen: SeenShop) -> Told:
    """Whether there is a mapping, what of it Exact refuses, the open questions, what stands by former settings."""
    if not visit.user.has_perm("booking.view_mapping"):
        return None
    row, activation = seen.mapping, seen.activation
    return {
        "shop": seen.shop,
        "mapping": row,
        "questions": open_questions(row) if row else [],
        "faults": len(activation.problems) if activation else 0,
        "checked_at": activation.checked_at if activation else None,
        "left_behind": left_behind(seen.shop),
    }


def exports(visit: Visit, seen: SeenShop) -> Told:
    """The latest exports on demand of it, and its order for each month."""
    if not visit.user.has_perm("on_demand.view_ondemandexport"):
        return None
    shop = seen.shop
    beside_others = Exists(OnDemandShop.objects.filter(export=OuterRef("pk"), establishment=shop))
    rows = visible_to(visit.user, OnDemandExport.objects.filter(Q(establishment=shop) | beside_others))
    exports = with_verdicts(
        rows.only("format", "first_date", "last_date", "state", "asked_at", "tenant", "establishment")
    )
    return {
        "shop": shop,
        "exports": [(it, WORDS[verdict_of(it)]) for it in exports.order_by("-asked_at")[:EXPORTS_SHOWN]],
        "may_check": visit.user.has_perm("exports.check_storedclosing"),
        "monthly": seen.monthly,
        "may_ask": visit.user.has_perm("on_demand.add_ondemandexport"),
    }
