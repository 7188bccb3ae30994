"""Telling a colleague by mail that a closing was handed over to them."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from exports.console import links
from exports.models import StoredClosing
from exports.words.closing_words import name_of
from tenants.models import Letters, User


def mail_handed(closing: StoredClosing, person: User, *, by: User) -> bool:
    """Write to `person`, who sees to the closing from now on; False for whoever chose to get no letters.

    Raises `OSError`.
    """
    if person.letters == Letters.NEVER or not person.email:
        return False
    with translation.override(person.language):
        context = {
            "by": by,
            "closing": closing,
            "name": name_of(closing),
            "page": f"{settings.PUBLIC_URL}{links.closing(closing.pk)}",
        }
        subject = " ".join(render_to_string("exports/mail/handed_subject.txt", context).split())
        body = render_to_string("exports/mail/handed.txt", context)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject=subject, body=body, to=[person.email], headers=headers).send()
    return True
