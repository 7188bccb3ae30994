"""A new link instead of one that has ended: asked for by its holder, mailed to the person it was made for.

The page takes the request and answers the same whether a mail is sent or not; a worker decides. The mail goes to that
person's own address only, not often, and only while the question is open and the person may answer it.
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
    """Note that the holder of an ended link asks for a new one. Does nothing for a link that can still be used."""
    over = AnswerLink.objects.filter(pk=link.pk, used_at=None, asked_again_at=None)
    over.exclude(revoked_at=None, expires_at__gt=Now()).update(asked_again_at=Now())
    transaction.on_commit(lambda: nudge(ANSWERS_AGAIN), robust=True)


def mail_again() -> None:
    """Mail the links that were asked for on pages of ended ones. If the mail server is away, try again for a day."""
    asked = AnswerLink.objects.filter(asked_again_at__gt=Now() - DAY)
    for link in asked.select_related("person__reseller").order_by("asked_again_at"):
        try:
            _mail_again(link)
        except OSError as error:
            log.warning("answer_not_sent_again", link=link.pk, error=type(error).__name__)
        except Exception:  # go on with the other people
            log.exception("answer_not_sent_again", link=link.pk)


def _mail_again(link: AnswerLink) -> None:
    with transaction.atomic():
        # One mail at a time to a person, so that each request sees how many were sent before.
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
