"""Sending an activation link to the person who will log in at Exact."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from exact.activation.links import make_link
from tenants.models import Establishment, User
from tenants.users import language_of


class NoAddress(Exception):
    """The establishment has no contact to write to."""


def mail_link(establishment: Establishment, *, by: User | None) -> str:
    """Make a link and send it to the establishment's contact. Returns the address. Raises `NoAddress`, `OSError`."""
    if not establishment.contact_email:
        raise NoAddress(establishment.code)
    link, url = make_link(establishment, by=by)
    context = {"establishment": establishment, "url": url, "expires_at": link.expires_at}
    with translation.override(language_of(establishment.contact_email)):
        subject = render_to_string("exact/mail/link_subject.txt", context).strip()
        body = render_to_string("exact/mail/link.txt", context)
    EmailMessage(subject=subject, body=body, to=[establishment.contact_email]).send()
    return establishment.contact_email
