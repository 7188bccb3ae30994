"""A new link in the place of one that is over: asked for by whoever holds it, mailed to the person it was for.

A page takes the wish and says the same whatever becomes of it; a worker decides. The mail goes to that person's own
address and to no other, not often, and only while the question is open and the person may answer it.
"""

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from concerns.answers.kinds import open_to, question_of
from concerns.answers.links import make_link
from concerns.answers.question import AnswerableQuestion
from concerns.models import AnswerLink
from exact.nudge import nudge
from tenants.asked_again import DAY, asked_too_often
from tenants.models import User

log = structlog.get_logger()

ANSWERS_AGAIN = "concerns.answers_again"


def ask_again(link: AnswerLink) -> None:
    """Keep that whoever holds a link that is over would like a new one. One that can be used does what it shall."""
    over = AnswerLink.objects.filter(pk=link.pk, used_at=None, asked_again_at=None)
    over.exclude(revoked_at=None, expires_at__gt=Now()).update(asked_again_at=Now())
    transaction.on_commit(lambda: nudge(ANSWERS_AGAIN), robust=True)


def mail_again() -> None:
    """Send what was asked for on pages that are over. A mail server that is away is tried again, for a day."""
    asked = AnswerLink.objects.filter(asked_again_at__gt=Now() - DAY)
    for link in asked.select_related("person__reseller").order_by("asked_again_at"):
        try:
            _mail_again(link)
        except OSError as error:
            log.warning("answer_not_sent_again", link=link.pk, error=type(error).__name__)
        except Exception:  # one person's trouble keeps nobody else waiting
            log.exception("answer_not_sent_again", link=link.pk)


def _mail_again(link: AnswerLink) -> None:
    with transaction.atomic():
        # One at a time of a person: who looks how often a mail went out sees the other's.
        person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=link.person_id)
        question = None if _is_too_soon(person) else open_to(person, question_of(link))
        if question is not None and question.given() is None and question.choices():
            _send(link, question, person)
        AnswerLink.objects.filter(pk=link.pk).update(asked_again_at=None)


def _is_too_soon(person: User) -> bool:
    return not person.is_active or asked_too_often(AnswerLink.objects.filter(person=person, asked_for=True), "made_at")


def _send(link: AnswerLink, question: AnswerableQuestion, person: User) -> None:
    with translation.override(person.language):
        context = {
            "question": question,
            "establishment": question.shop,
            "address": make_link(person, question_of(link), question.shop, asked_for=True),
            "account": f"{settings.PUBLIC_URL}{reverse('console_account')}",
        }
        subject = render_to_string("concerns/answers/again_subject.txt", context).strip()
        body = render_to_string("concerns/answers/again.txt", context)
    EmailMessage(subject=subject, body=body, to=[person.email], headers={"Auto-Submitted": "auto-generated"}).send()
