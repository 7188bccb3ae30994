"""A reseller offers a customer to another: by the e-mail address of an administrator there, who takes it or declines.

Resellers do not see each other. So whoever offers types an address and learns nothing of it: all addresses are answered
alike, and only a worker looks whose it is, once. Whoever receives an offer reads of the customer what it must know to
decide, and no more, before it is its own (docs/decisions/0060).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from postgres.viewer import EVERYTHING, serving, viewer
from tenants.customer_lock import lock_customers
from tenants.handing_over import CannotHandOver, Ended, hand_over, refuse_by_itself
from tenants.models import (
    Establishment,
    HandOver,
    HandOverOffer,
    OfferOutcome,
    OfferReceived,
    Reseller,
    Role,
    Tenant,
    Till,
    User,
)
from tenants.scope import all_visible_to

log = structlog.get_logger()

OFFERS = "concerns.offers"
LIVES = timedelta(days=7)
A_DAY = 5
OPEN: dict[str, Any] = {"outcome": "", "expires_at__gt": Now()}


class AlreadyOffered(Exception):
    """The customer is offered to another address; withdraw that first."""


class OfferOver(Exception):
    """The offer was taken, declined, withdrawn or not answered in time, or is not this person's to answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the receiver reads of a customer that is not its own: no more than it must know to decide."""

    offer: HandOverOffer
    customer: str
    siren: str
    giver: str
    shops: int
    tills: int
    suspended: bool
    what_waits: str


# A room above says how a customer stands, in a sentence: this one knows no closings.
_waiting_words: list[Callable[[Tenant], str]] = []


def tell_what_waits(said: Callable[[Tenant], str]) -> None:
    """Have the receiver of an offer read this of the customer."""
    _waiting_words.append(said)


def open_offer_of(tenant: Tenant) -> HandOverOffer | None:
    """The offer of a customer that can still be answered."""
    return HandOverOffer.objects.filter(**OPEN, tenant=tenant).select_related("by").first()


def offer(tenant: Tenant, email: str, *, by: User, why: str, notes_go_along: bool) -> HandOverOffer:
    """Offer a customer to whoever has this address, for a week. Pressed twice it is one offer.

    Raises `AlreadyOffered` and `CannotHandOver`; nothing that tells whether the address is anybody's.
    """
    with transaction.atomic():
        if not lock_customers([tenant.pk]):
            raise CannotHandOver(_("This customer was handed over otherwise meanwhile. Look at it anew."))
        held = Tenant.objects.get(pk=tenant.pk)
        refuse_by_itself(held)
        rows = HandOverOffer.objects.filter(tenant=held)
        rows.filter(outcome="", expires_at__lte=Now()).update(outcome=OfferOutcome.EXPIRED, ended_at=Now())
        there = rows.filter(outcome="").first()
        if there is not None and there.email.lower() == email.lower():
            return there
        if there is not None:
            raise AlreadyOffered
        if rows.filter(at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY:
            raise CannotHandOver(_("This customer was offered often enough today. Offer it again tomorrow."))
        made = HandOverOffer.objects.create(
            tenant=held,
            reseller_id=held.reseller_id,
            email=email,
            by=by,
            why=why,
            notes_go_along=notes_go_along,
            expires_at=timezone.now() + LIVES,
        )
    log.info("customer_offered", tenant=held.pk, offer=made.pk)
    return made


def withdraw(offered: HandOverOffer, *, by: User) -> bool:
    """Take an offer back. Returns whether it was still open."""
    return _end(offered, OfferOutcome.WITHDRAWN, by)


def received_by(person: User) -> list[Offered]:
    """What was offered to a person and waits for its answer, the newest first."""
    if not person.has_perm("tenants.handover_tenant") or person.is_support:
        return []
    return [it for row in _select_received(person).order_by("-pk") if (it := _describe(row))]


def received(person: User, offer_id: int) -> Offered | None:
    """One offer that was made to a person and waits for its answer; None for any other."""
    return next((it for it in received_by(person) if it.offer.pk == offer_id), None)


def decline(person: User, offer_id: int, *, by: User) -> bool:
    """Say no to an offer. Returns whether it was still open and this person's."""
    found = received(person, offer_id)
    if found is None:
        return False
    with serving(EVERYTHING):
        return _end(found.offer, OfferOutcome.DECLINED, by)


def take(person: User, offer_id: int, *, by: User) -> tuple[HandOver, list[Ended]]:
    """Take the customer that was offered: it is the person's reseller's from now on. Pressed twice it is taken once.

    Raises `OfferOver` and `CannotHandOver`.
    """
    if not person.has_perm("tenants.handover_tenant") or person.reseller_id is None:
        raise OfferOver
    reader = viewer()
    with transaction.atomic(), serving(EVERYTHING):
        own = HandOverOffer.objects.filter(received__person=person, received__reseller=person.reseller_id, pk=offer_id)
        found = own.first()
        if found is None:
            raise OfferOver
        # The customer first, as all who lock both.
        lock_customers([found.tenant_id])
        taken = own.filter(outcome=OfferOutcome.TAKEN).exists()
        if not taken and (_is_giver_suspended(found) or not _end(found, OfferOutcome.TAKEN, by)):
            raise OfferOver
        return hand_over(
            found.tenant_id,
            former_id=found.reseller_id,
            to_id=person.reseller_id,
            by=by,
            why=found.why,
            notes_go_along=found.notes_go_along,
            reader=reader,
        )


def tell_receivers() -> None:
    """Look whose the addresses of new offers are, and write to those that are administrators of another reseller.

    Each is looked for once. A mail server that is away is tried again while the offer is open.
    """
    for made in HandOverOffer.objects.filter(**OPEN, looked_for_at=None).order_by("pk"):
        with transaction.atomic():
            if HandOverOffer.objects.filter(pk=made.pk, looked_for_at=None).update(looked_for_at=Now()) != 1:
                continue
            if (person := _find_receiver(made)) is not None and person.reseller is not None:
                OfferReceived.objects.create(offer=made, person=person, reseller=person.reseller)
    waiting = OfferReceived.objects.filter(told_at=None, offer__outcome="", offer__expires_at__gt=Now())
    for row in waiting.select_related("offer__reseller", "offer__tenant", "person__reseller").order_by("pk"):
        _write_to(row)


def _find_receiver(made: HandOverOffer) -> User | None:
    """Who had this address when the offer was made, and may take a customer for another reseller."""
    people = User.objects.filter(email__iexact=made.email, role=Role.RESELLER_ADMIN, created_at__lt=made.at)
    person = people.exclude(reseller=made.reseller_id).select_related("reseller").first()
    return person if person is not None and person.is_active else None


def _write_to(row: OfferReceived) -> None:
    """Marked first, so that two workers do not write twice; a mail that fails is tried at the next round."""
    if OfferReceived.objects.filter(pk=row.pk, told_at=None).update(told_at=Now()) != 1:
        return
    with translation.override(row.person.language):
        words = _("{reseller} offers you its customer {customer}. You take it or decline it here, until {day}:")
        said = words.format(
            reseller=row.offer.reseller, customer=row.offer.tenant.name, day=_say_day(row.offer.expires_at)
        )
        page = f"{settings.PUBLIC_URL}{reverse('console_offered', args=[row.offer_id])}"
        subject = _("{reseller} offers you a customer").format(reseller=row.offer.reseller)
        body = "\n\n".join([_("Hello,"), said, page, _("Until you take it, nothing changes.")])
    try:
        send_mail(subject, f"{body}\n", None, [row.person.email])
    except OSError as error:
        log.warning("offer_not_told", offer=row.offer_id, error=type(error).__name__)
        OfferReceived.objects.filter(pk=row.pk).update(told_at=None)


def _say_day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _select_received(person: User) -> QuerySet[HandOverOffer]:
    own: dict[str, Any] = {"received__person": person, "received__reseller": person.reseller_id}
    return all_visible_to(person, HandOverOffer.objects.filter(**OPEN, **own))


def _describe(row: HandOverOffer) -> Offered | None:
    """The customer is not the reader's: what is read of it is read here, and nowhere else."""
    with serving(EVERYTHING):
        tenant = Tenant.objects.select_related("reseller").get(pk=row.tenant_id)
        if tenant.reseller_id != row.reseller_id or tenant.reseller.suspended_at is not None:
            return None
        return Offered(
            offer=row,
            customer=tenant.name,
            siren=tenant.siren,
            giver=tenant.reseller.name,
            shops=Establishment.objects.filter(tenant=tenant).count(),
            tills=Till.objects.filter(tenant=tenant, ended_at=None).count(),
            suspended=tenant.suspended_at is not None,
            what_waits=_say_what_waits(tenant),
        )


def _say_what_waits(tenant: Tenant) -> str:
    if tenant.suspended_at is not None:
        return _("suspended: it can be taken once that is over")
    return " ".join(said(tenant) for said in _waiting_words)


def _is_giver_suspended(offered: HandOverOffer) -> bool:
    return Reseller.objects.filter(pk=offered.reseller_id, suspended_at__isnull=False).exists()


def _end(offered: HandOverOffer, outcome: OfferOutcome, by: User) -> bool:
    rows = HandOverOffer.objects.filter(**OPEN, pk=offered.pk)
    return rows.update(outcome=outcome, ended_at=Now(), ended_by=by) == 1
