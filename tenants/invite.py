"""Letters to people who come in: an invitation, or word of a further customer. No password is mailed."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from tenants.models import Tenant, User


def password_address(person: User) -> str:
    """The page where `person` chooses a password; it works once, for three days (`PASSWORD_RESET_TIMEOUT`)."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    return f"{settings.PUBLIC_URL}{reverse('password_reset_confirm', args=[uid, token])}"


def invite(person: User, *, by: str = "", customers: Sequence[Tenant] = ()) -> None:
    """Send the invitation, in the person's language: how to come in, or where, for who has a password already.

    `by` and `customers` say who invites whom to look after what. Raises what the mail server says when it does not
    take the letter.
    """
    with translation.override(person.language):
        paragraphs = [_("Hello,")]
        if customers:
            paragraphs.append(_invite_to_look_after(by, customers))
        if person.has_usable_password():
            paragraphs.append(_("Log in as always, with {email}:").format(email=person.email))
            paragraphs.append(f"{settings.PUBLIC_URL}{reverse('admin:index')}")
        else:
            paragraphs += _explain_first_steps(person)
        subject = _("Your access to Clyo → Exact")
        send_mail(subject, "\n\n".join(paragraphs) + "\n", None, [person.email])


def _invite_to_look_after(by: str, customers: Sequence[Tenant]) -> str:
    words = _("{who} invites you to look after:").format(who=by)
    return "\n".join([words, *(f"- {customer.name}" for customer in customers)])


def _explain_first_steps(person: User) -> list[str]:
    return [
        _("You can use Clyo → Exact with this address: {email}.\nChoose your password here within three days:").format(
            email=person.email
        ),
        password_address(person),
        _("If the link is over, ask for a new one on the log-in page."),
    ]
