"""Activation links: a secret address for one establishment, for a while, until it is revoked (docs/decisions/0051).

Any browser may begin the log-in until one of them brings the consent; from then on the link belongs to that browser.
Beginning in a second browser starts anew, and ends the first one's log-in at Exact.

Every step is one conditional UPDATE of the link's row. It names how many steps were made when the person saw the page,
so that a second click, an old page or another tab does nothing twice. The database has digests of the secrets only.
"""

import secrets
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.urls import reverse
from django.utils import timezone

from exact.models import ActivationLink, LinkStep, LinkWay
from exact.models.activation import BY_MAIL
from postgres.viewer import EVERYTHING, serving
from tenants.audit import by_link
from tenants.models import Establishment, User
from tenants.wall import viewer_of_customer

# A till shows its link to the person before it, and makes another one at a touch; a mail may be read days later.
LIVES = {
    LinkWay.TILL: timedelta(minutes=30),
    LinkWay.SHOWN: timedelta(days=7),
    LinkWay.MAILED: timedelta(days=7),
    LinkWay.ASKED_AGAIN: timedelta(days=7),
}
# Which earlier links a new one ends, by the way it goes out.
SAME_WAY = {
    LinkWay.TILL: (LinkWay.TILL,),
    LinkWay.SHOWN: (LinkWay.SHOWN,),
    LinkWay.MAILED: BY_MAIL,
    LinkWay.ASKED_AGAIN: BY_MAIL,
}
AFTER_ITS_USE = timedelta(minutes=30)
SECRET_BYTES = 32


class StepTaken(Exception):
    """The step was made already: by a second click, in another tab, or from a page that is no longer current."""


def make_link(
    establishment: Establishment, *, way: LinkWay = LinkWay.TILL, by: User | None = None, mailed_to: str = ""
) -> tuple[ActivationLink, str]:
    """A new link and its address. Earlier unused links of the establishment that went the same way end (`SAME_WAY`)."""
    secret, now = secrets.token_urlsafe(SECRET_BYTES), timezone.now()
    with transaction.atomic():
        ActivationLink.objects.filter(
            establishment=establishment,
            way__in=SAME_WAY[way],
            step=LinkStep.INTRODUCTION,
            browser_digest="",
            expires_at__gt=now,
        ).update(expires_at=now)
        link = ActivationLink.objects.create(
            tenant_id=establishment.tenant_id,
            establishment=establishment,
            digest=digest_of(secret),
            way=way,
            mailed_to=mailed_to,
            made_by=by,
            expires_at=now + LIVES[way],
        )
    return link, f"{settings.PUBLIC_URL}{reverse('activation:start', args=[secret])}"


def end_links(establishment: Establishment) -> None:
    """End every open link of the establishment, used or not, so that none of them switches the activation on again."""
    now = timezone.now()
    ActivationLink.objects.filter(establishment=establishment, expires_at__gt=now).update(expires_at=now)


def revoke(link: ActivationLink, *, by: User | None) -> bool:
    """End a link for good, opened or not. Returns whether it was still valid."""
    now = timezone.now()
    valid = ActivationLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=now)
    return valid.update(revoked_at=now, revoked_by=by, expires_at=now) == 1


def link_of(secret: str) -> ActivationLink | None:
    """The link an address stands for, expired or not."""
    return _find(digest=digest_of(secret))


def link_of_state(state: str) -> ActivationLink | None:
    """The link whose log-in at Exact carries this state, while it is awaited."""
    return _find(state_digest=digest_of(state)) if state else None


def link_of_browser(number: int, browser: str) -> ActivationLink | None:
    """The link of this number, when it belongs to this browser."""
    link = _find(pk=number)
    return link if link is not None and is_of(link, browser) else None


def newest_link_of(browser: str) -> ActivationLink | None:
    """The newest link a browser holds."""
    return _find(browser_digest=digest_of(browser)) if browser else None


def note_opened(link: ActivationLink) -> None:
    """Store when the link's page was first opened, be it by a mail scanner."""
    ActivationLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())


def bind(link: ActivationLink, browser: str) -> bool:
    """Give the link to the browser that begins the log-in. Returns whether the link belongs to that browser now.

    A browser that brought the consent keeps the link. Before that the newest browser gets it, which ends another one's
    log-in at Exact: its state is forgotten, and this counts as a step.
    """
    mine = digest_of(browser)
    others = ActivationLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=timezone.now())
    others.exclude(browser_digest=mine).update(
        browser_digest=mine, state_digest=None, step=LinkStep.INTRODUCTION, trouble="", steps_made=F("steps_made") + 1
    )
    link.refresh_from_db()
    return is_of(link, browser)


def is_of(link: ActivationLink, browser: str) -> bool:
    """Whether the link belongs to this browser."""
    return bool(browser) and secrets.compare_digest(link.browser_digest, digest_of(browser))


def step_on(link: ActivationLink, steps_made: int, step: LinkStep, **changes: Any) -> None:
    """Make a step of a page that saw so many steps made. Raises `StepTaken` when there are more by now."""
    fresh = ActivationLink.objects.filter(pk=link.pk, steps_made=steps_made, expires_at__gt=timezone.now())
    if fresh.update(step=step, steps_made=F("steps_made") + 1, **changes) != 1:
        raise StepTaken
    link.refresh_from_db()


def in_the_name_of(link: ActivationLink) -> AbstractContextManager[None]:
    """A context in which the audit notes the link as the author of changes, with its establishment and an e-mail.

    The e-mail is that of the Exact user who logged in with the link; before that the establishment's contact.
    """
    mail = (link.connection and link.connection.user_email) or link.establishment.contact_email
    return by_link(link.pk, f"{link.establishment} ({mail})" if mail else str(link.establishment))


def served_to_holder(link: ActivationLink) -> AbstractContextManager[None]:
    """A context in which the database shows the rows of the link's customer only."""
    return serving(viewer_of_customer(link.establishment.tenant))


def soon_over() -> Least:
    """When a link ends that has been used to the end: for a while its page can still be read, and the step undone."""
    return Least(F("expires_at"), timezone.now() + AFTER_ITS_USE)


def expired(link: ActivationLink) -> bool:
    """Whether the link's time is over, or it was revoked."""
    return link.expires_at <= timezone.now()


def live_step(establishment: Establishment) -> LinkStep | None:
    """The step of an establishment's newest link; None when there is none, or it has ended."""
    link = (
        ActivationLink.objects.filter(establishment=establishment, expires_at__gt=timezone.now())
        .order_by("-created_at")
        .first()
    )
    return LinkStep(link.step) if link else None


def digest_of(secret: str) -> str:
    """The digest of a secret that is stored. A fast hash will do, as the secret is 256 random bits."""
    return sha256(secret.encode()).hexdigest()


def _find(**secret: Any) -> ActivationLink | None:
    """The newest link with this secret, looked for among all customers' links: whose it is, is not known before."""
    links = ActivationLink.objects.select_related("establishment__tenant__reseller", "connection", "division")
    with serving(EVERYTHING):
        return links.filter(**secret).order_by("-created_at").first()
