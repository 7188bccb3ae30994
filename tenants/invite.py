"""Letters that let a person choose a password: an invitation, or help when it was forgotten. No password is mailed."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from tenants.models import User


def password_address(person: User) -> str:
    """The page where `person` chooses a password; it works once, for three days (`PASSWORD_RESET_TIMEOUT`)."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    return f"{settings.PUBLIC_URL}{reverse('password_reset_confirm', args=[uid, token])}"


def invite(person: User) -> None:
    """Send the invitation, in the person's language. Raises what the mail server says when it does not take it."""
    with translation.override(person.language):
        _invite(person)


def _invite(person: User) -> None:
    words = _(
        "Hello,\n\n"
        "You can use Clyo → Exact with this address: {email}.\n"
        "Choose your password here within three days:\n\n{address}\n\n"
        "If the link is over, ask for a new one on the log-in page.\n"
    )
    send_mail(
        _("Your access to Clyo → Exact"),
        words.format(email=person.email, address=password_address(person)),
        None,
        [person.email],
    )
