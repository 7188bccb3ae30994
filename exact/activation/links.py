"""Activation links: a secret address for one establishment, made once, opened by one browser, for 30 minutes.

Every step is one conditional UPDATE of the link's row: it names the turn the person saw, so that a second click, an old
page or another tab makes nothing happen twice. Secrets stand in the database as digests only.
"""

import secrets
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from exact.models import ActivationLink, LinkStep
from postgres.viewer import EVERYTHING, serving
from tenants.audit import by_link
from tenants.models import Establishment, User
from tenants.wall import viewer_of_customer

LIFE = timedelta(minutes=30)
SECRET_BYTES = 32


class StepTaken(Exception):
    """The step was made already: by a second click, in another tab, or from a page that is no longer current."""


def make_link(establishment: Establishment, *, by: User | None = None) -> tuple[ActivationLink, str]:
    """A new link and its address. The establishment's earlier links that were not opened yet end."""
    secret, now = secrets.token_urlsafe(SECRET_BYTES), timezone.now()
    with transaction.atomic():
        ActivationLink.objects.filter(
            establishment=establishment, step=LinkStep.INTRODUCTION, browser_digest="", expires_at__gt=now
        ).update(expires_at=now)
        link = ActivationLink.objects.create(
            tenant_id=establishment.tenant_id,
            establishment=establishment,
            digest=digest_of(secret),
            made_by=by,
            expires_at=now + LIFE,
        )
    return link, f"{settings.PUBLIC_URL}{reverse('activation:start', args=[secret])}"


def end_links(establishment: Establishment) -> None:
    """End every open link of the establishment, opened or not: what was switched off is not switched on by it."""
    now = timezone.now()
    ActivationLink.objects.filter(establishment=establishment, expires_at__gt=now).update(expires_at=now)


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


def bind(link: ActivationLink, browser: str) -> bool:
    """Give the link to the browser that opens it first. Returns whether it is this browser's."""
    mine = digest_of(browser)
    ActivationLink.objects.filter(pk=link.pk, browser_digest="").update(browser_digest=mine)
    link.refresh_from_db(fields=["browser_digest"])
    return is_of(link, browser)


def is_of(link: ActivationLink, browser: str) -> bool:
    """Whether the link belongs to this browser."""
    return bool(browser) and secrets.compare_digest(link.browser_digest, digest_of(browser))


def step_on(link: ActivationLink, turn: int, step: LinkStep, **changes: Any) -> None:
    """Make a step that was shown at `turn`. Raises `StepTaken` when it is not the link's turn any more."""
    fresh = ActivationLink.objects.filter(pk=link.pk, turn=turn, expires_at__gt=timezone.now())
    if fresh.update(step=step, turn=F("turn") + 1, **changes) != 1:
        raise StepTaken
    link.refresh_from_db()


def in_the_name_of(link: ActivationLink) -> AbstractContextManager[None]:
    """What is written meanwhile is the link's in the audit: of which establishment, and whose e-mail, when it is known.

    That is who logged in at Exact with it, before that whom the establishment names to write to.
    """
    mail = (link.connection and link.connection.user_email) or link.establishment.contact_email
    return by_link(link.pk, f"{link.establishment} ({mail})" if mail else str(link.establishment))


def served_to_holder(link: ActivationLink) -> AbstractContextManager[None]:
    """What is read and written meanwhile is the link's customer's, and nothing else is there."""
    return serving(viewer_of_customer(link.establishment.tenant))


def expired(link: ActivationLink) -> bool:
    """Whether the link's half hour is over."""
    return link.expires_at <= timezone.now()


def live_step(establishment: Establishment) -> LinkStep | None:
    """How far the newest link of an establishment is, while it is valid."""
    link = (
        ActivationLink.objects.filter(establishment=establishment, expires_at__gt=timezone.now())
        .order_by("-created_at")
        .first()
    )
    return LinkStep(link.step) if link else None


def digest_of(secret: str) -> str:
    """What is stored of a secret: 256 random bits need no slow hash."""
    return sha256(secret.encode()).hexdigest()


def _find(**secret: Any) -> ActivationLink | None:
    """The newest link with this secret, looked for at the door, where no link is seen."""
    links = ActivationLink.objects.select_related("establishment__tenant__reseller", "connection", "division")
    with serving(EVERYTHING):
        return links.filter(**secret).order_by("-created_at").first()
