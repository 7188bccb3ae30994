"""Sending an activation link to the person who will log in at Exact; and once more, when the one there was is over.

A page that is over takes the wish of whoever holds it and says the same whatever becomes of it. A worker then decides:
the mail goes to the address on file and to no other, not often, and not to whom a link was taken away from.
"""

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from exact.activation.links import make_link
from exact.models import ActivationLink, LinkWay
from exact.models.activation import BY_MAIL
from exact.nudge import nudge_links_again
from tenants.asked_again import DAY, asked_too_often
from tenants.models import Establishment, User
from tenants.put_off import each_alone, in_turn
from tenants.users import language_of

log = structlog.get_logger()

AT_ONCE = 200


class NoAddress(Exception):
    """The establishment has no contact to write to."""


def mail_link(establishment: Establishment, *, by: User | None, way: LinkWay = LinkWay.MAILED) -> ActivationLink:
    """Make a link and send it to the establishment's contact. No link stays that could not be sent.

    Raises `NoAddress`, `OSError`.
    """
    if not establishment.contact_email:
        raise NoAddress(establishment.code)
    with transaction.atomic():
        link, url = make_link(establishment, way=way, by=by, mailed_to=establishment.contact_email)
        context = {"establishment": establishment, "url": url, "expires_at": link.expires_at}
        with translation.override(language_of(establishment.contact_email)):
            subject = render_to_string("exact/mail/link_subject.txt", context).strip()
            body = render_to_string("exact/mail/link.txt", context)
        EmailMessage(subject=subject, body=body, to=[establishment.contact_email]).send()
    return link


def ask_again(link: ActivationLink) -> None:
    """Keep that whoever holds a link that leads nowhere for them would like a new one; a worker looks whether one may
    be sent. One that nobody used yet does what it shall."""
    useless = Q(expires_at__lte=timezone.now()) | Q(used_at__isnull=False)
    ActivationLink.objects.filter(useless, pk=link.pk).update(asked_again_at=timezone.now())
    transaction.on_commit(nudge_links_again, robust=True)


def mail_links_again() -> None:
    """Send what was asked for on pages that are over. A mail server that is away is tried again, for a day."""
    asked = ActivationLink.objects.filter(asked_again_at__gt=timezone.now() - DAY)
    rows = in_turn(asked, "asked_again_at", limit=AT_ONCE)
    each_alone(ActivationLink, rows, _mail_again, loop="mail_links_again", expected=(OSError,))


def _mail_again(link_id: int) -> None:
    link = ActivationLink.objects.select_related("establishment__tenant__reseller").get(pk=link_id)
    with transaction.atomic():
        # One at a time of an establishment: who looks how often a mail went out sees the other's.
        Establishment.objects.select_for_update(no_key=True).get(pk=link.establishment_id)
        if why := _refuse_again(link.establishment):
            log.info("link_not_sent_again", link=link.pk, why=why)
        else:
            mail_link(link.establishment, by=None, way=LinkWay.ASKED_AGAIN)
    ActivationLink.objects.filter(pk=link.pk).update(asked_again_at=None)


def _refuse_again(shop: Establishment) -> str:
    """Why no mail goes out on a holder's word; "" when one does."""
    if not shop.contact_email:
        return "no address"
    if any(row.suspended_at for row in (shop, shop.tenant, shop.tenant.reseller)):
        return "suspended"
    mailed = ActivationLink.objects.filter(establishment=shop, way__in=BY_MAIL)
    if asked_too_often(mailed.filter(way=LinkWay.ASKED_AGAIN), "created_at"):
        return "too often"
    last = mailed.filter(mailed_to__iexact=shop.contact_email).order_by("-created_at").first()
    # What a person took away from this address, only a person gives back.
    return "revoked" if last is not None and last.revoked_at is not None else ""
