"""A second factor whose device and recovery codes are lost is taken away by somebody else, never by its owner.

An administrator of the same reseller does it for its people, support for anybody but oneself. Members may look after
customers of several resellers, so none of these opens their account: support does.
"""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_otp import user_has_device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from postgres.viewer import EVERYTHING, serving
from tenants.log_ins import end_log_ins, log_ins_of
from tenants.models import FactorReset, User

log = structlog.get_logger()


class NothingToReset(Exception):
    """The person has no second factor, or somebody took it away meanwhile."""


class MayNotReset(Exception):
    """It is the own second factor, or one of somebody whose account is not this person's to open."""


def may_reset(by: User, person: User) -> bool:
    """Whether `by` may take away the second factor of `person`."""
    if by.pk == person.pk or not by.has_perm("tenants.resetfactor_user"):
        return False
    return by.is_support or (person.reseller_id is not None and person.reseller_id == by.reseller_id)


def has_factor(person: User) -> bool:
    """Whether somebody else has a second factor: its table shows each person its own only."""
    with serving(EVERYTHING):
        return bool(user_has_device(person))


def reset_factor(person: User, *, by: User, behind: User, why: str) -> bool:
    """Take the second factor away and end the person's sessions, then write to the person.

    `by` is whose view it is done in, `behind` who is at the keyboard: neither may be the person. Returns whether the
    mail went out. Raises `MayNotReset` and `NothingToReset`, with nothing done.
    """
    if behind.pk == person.pk or not may_reset(by, person):
        raise MayNotReset
    with transaction.atomic(), serving(EVERYTHING):
        person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if not user_has_device(person):
            raise NothingToReset
        TOTPDevice.objects.filter(user=person).delete()
        StaticDevice.objects.filter(user=person).delete()
        end_log_ins(log_ins_of(person))
        FactorReset.objects.create(user=person, reseller=person.reseller, by=behind, why=why)
    return _tell(person, by=behind, why=why)


def _tell(person: User, *, by: User, why: str) -> bool:
    """Write to the person, in its language; whether the mail server took it."""
    who = f"{by} ({by.reseller or 'Clyo'})"
    with translation.override(person.language):
        at = date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT")
        paragraphs = [
            _("Hello,"),
            _("{who} took away the second factor of your account {email} on {at}. The reason given: {why}").format(
                who=who, email=person.email, at=at, why=why
            ),
            _("You were logged out everywhere. Log in with your password, then set up a new second factor:"),
            f"{settings.PUBLIC_URL}{reverse('console_second_factor_new')}",
            _("You did not ask for this? Choose another password at once, and tell your reseller or Clyo's support:"),
            f"{settings.PUBLIC_URL}{reverse('admin_password_reset')}",
        ]
        subject = _("Your second factor was taken away")
        try:
            send_mail(subject, "\n\n".join(paragraphs) + "\n", None, [person.email])
        except (SMTPException, OSError) as error:
            log.warning("factor_reset_not_told", user=person.pk, error=type(error).__name__)
            return False
    return True
