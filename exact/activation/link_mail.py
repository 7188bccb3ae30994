"""Mailing an activation link to the person who will log in at Exact; and a new one on request, when it has ended.

The page of an ended link takes the request and answers the same whether a mail is sent or not. A worker decides: a mail
goes to the establishment's contact only, not often, and not if a person revoked the last link that went there. A link
that was revoked asks for nothing.
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


def mail_link(
    establishment: Establishment, *, by: User | None, way: LinkWay = LinkWay.MAILED, to: str = ""
) -> ActivationLink:
    """Make a link and mail it `to` an address, else to the contact. If the mail cannot be sent, no link is made.

    Raises `NoAddress`, `OSError`.
    """
    address = to or establishment.contact_email
    if not address:
        raise NoAddress(establishment.code)
    with transaction.atomic():
        link, url = make_link(establishment, way=way, by=by, mailed_to=address)
        context = {"establishment": establishment, "url": url, "expires_at": link.expires_at}
        with translation.override(language_of(address)):
            subject = render_to_string("exact/mail/link_subject.txt", context).strip()
            body = render_to_string("exact/mail/link.txt", context)
        EmailMessage(subject=subject, body=body, to=[address]).send()
    return link


def ask_again(link: ActivationLink) -> None:
    """Note that the holder of a link that has ended, or was used, asks for a new one; a worker decides on the mail.

    Does nothing for a link that still works, or was withdrawn.
    """
    useless = Q(expires_at__lte=timezone.now()) | Q(used_at__isnull=False)
    ActivationLink.objects.filter(useless, pk=link.pk, revoked_at=None).update(asked_again_at=timezone.now())
    transaction.on_commit(nudge_links_again, robust=True)


def mail_links_again() -> None:
    """Mail the links that were asked for on pages of ended ones. If the mail server is away, try again for a day."""
    asked = ActivationLink.objects.filter(asked_again_at__gt=timezone.now() - DAY)
    rows = in_turn(asked, "asked_again_at", limit=AT_ONCE)
    each_alone(ActivationLink, rows, _mail_again, loop="mail_links_again", expected=(OSError,))


def _mail_again(link_id: int) -> None:
    link = ActivationLink.objects.select_related("establishment__tenant__reseller").get(pk=link_id)
    with transaction.atomic():
        # One mail at a time for an establishment, so that each request sees how many mails were sent before.
        Establishment.objects.select_for_update(no_key=True).get(pk=link.establishment_id)
        if why := "revoked" if link.revoked_at else _refuse_again(link.establishment):
            log.info("link_not_sent_again", link=link.pk, why=why)
        else:
            mail_link(link.establishment, by=None, way=LinkWay.ASKED_AGAIN)
    ActivationLink.objects.filter(pk=link.pk).update(asked_again_at=None)


def _refuse_again(shop: Establishment) -> str:
    """Why no mail is sent on a holder's request; "" when one is."""
    if not shop.contact_email:
        return "no address"
    if any(row.suspended_at for row in (shop, shop.tenant, shop.tenant.reseller)):
        return "suspended"
    mailed = ActivationLink.objects.filter(establishment=shop, way__in=BY_MAIL)
    if asked_too_often(mailed.filter(way=LinkWay.ASKED_AGAIN), "created_at"):
        return "too often"
    last = mailed.filter(mailed_to__iexact=shop.contact_email).order_by("-created_at").first()
    # After a person revoked a link that was mailed to this address, only a person sends it another one.
    return "revoked" if last is not None and last.revoked_at is not None else ""
