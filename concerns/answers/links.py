"""Links in letters that answer a question: made for one person, found by their secret, used once.

The database has a digest of the secret only. A link is valid for a week: people do not go back to older letters.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from concerns.concern import Question
from concerns.models import AnswerLink
from postgres.viewer import EVERYTHING, serving
from tenants.models import Establishment, User

LIVES = timedelta(days=7)
SECRET_BYTES = 32


def make_link(person: User, asked: Question, shop: Establishment, *, asked_for: bool = False) -> str:
    """A new link for one person to one question; returns its address. `asked_for`: on the page of one that is over."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    AnswerLink.objects.create(
        person=person,
        tenant_id=shop.tenant_id,
        establishment=shop,
        kind=asked.kind,
        about=asked.about,
        digest=digest_of(secret),
        expires_at=timezone.now() + LIVES,
        asked_for=asked_for,
    )
    return f"{settings.PUBLIC_URL}{reverse('answers:page', args=[secret])}"


def link_of(secret: str) -> AnswerLink | None:
    """The link of an address, used or not; looked for among the links of all people, as its person is not known yet."""
    links = AnswerLink.objects.select_related("person__reseller", "establishment__tenant__reseller")
    with serving(EVERYTHING):
        return links.filter(digest=digest_of(secret)).first()


def expired(link: AnswerLink) -> bool:
    """Whether its time is over."""
    return link.expires_at <= timezone.now()


def note_opened(link: AnswerLink) -> None:
    """Store when the link's page was first opened, be it by a mail scanner."""
    AnswerLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=Now())


def use(link: AnswerLink, answer: str) -> bool:
    """Mark the link as used. Returns whether it was unused and valid: of two presses at once only one gets True."""
    valid = AnswerLink.objects.filter(pk=link.pk, used_at=None, revoked_at=None, expires_at__gt=Now())
    return valid.update(used_at=Now(), answer=answer) == 1


def keep_waiting(link: AnswerLink, closings: list[UUID]) -> None:
    """Remember which closings waited for the answer, so that the page can say what became of them."""
    AnswerLink.objects.filter(pk=link.pk).update(waiting=[str(it) for it in closings])


def open_links(person: User) -> int:
    """How many links of a person could still be used."""
    return AnswerLink.objects.filter(person=person, used_at=None, revoked_at=None, expires_at__gt=Now()).count()


def revoke_all(person: User) -> int:
    """End every link of a person that was not used. Returns how many that were."""
    valid = AnswerLink.objects.filter(person=person, used_at=None, revoked_at=None, expires_at__gt=Now())
    return valid.update(revoked_at=Now())


def digest_of(secret: str) -> str:
    """The digest of a secret that is stored. A fast hash will do, as the secret is 256 random bits."""
    return sha256(secret.encode()).hexdigest()
