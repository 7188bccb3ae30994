"""The state of a customer's consent at Exact; the lane, the pages, the till API and letters all ask this module.

A consent is lost when Exact refuses to renew it. A refused access token alone is no proof: Exact may call the same
token "not expired" (rules.md §1.6), and only the next renewal shows what holds. Until then the consent is in doubt
(docs/decisions/0045).
"""

from datetime import datetime, timedelta

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_

from exact.models import Connection, ConnectionState

# How old an access token must be before Exact renews it, and how long before its end we do (rules.md §1.4, §1.7).
EARLIEST_RENEWAL = timedelta(seconds=570)
MARGIN = timedelta(seconds=18)
# Exact forgets a refresh token nobody used for 30 days (rules.md §1.4, §1.6); it is renewed every 14, so 20 is late.
LAPSES_AFTER = timedelta(days=30)
KEEP_ALIVE_AFTER = timedelta(days=14)
WARN_AFTER = timedelta(days=20)
LOST = N_("Exact no longer accepts the log-in: closings wait, nothing is lost.")
DOUBTFUL = N_("Exact refused the link at {refused_at}; it is tried again at {again_at}. Nothing is lost.")
FORGOTTEN = N_("The log-in at Exact was forgotten here: closings wait, nothing is lost.")
ENDING = N_("The link to Exact ends on {day}.")


class Consent(TextChoices):
    """The states of a consent, with the words people read, the gravest first."""

    LOST = "lost", _("Link to Exact lost")
    FORGOTTEN = "forgotten", _("disconnected")
    DOUBTFUL = "doubtful", _("Link to Exact in doubt")
    ENDING = "ending", _("Link to Exact ends soon")
    GOOD = "good", _("linked")

    @property
    def usable(self) -> bool:
        """Whether calls to Exact may be made with it."""
        return self in (Consent.GOOD, Consent.ENDING, Consent.DOUBTFUL)


def consent_of(connection: Connection) -> Consent:
    """The state of a connection's consent now."""
    match connection.state:
        case ConnectionState.RECONNECT_REQUIRED:
            return Consent.LOST
        case ConnectionState.DISCONNECTED:
            return Consent.FORGOTTEN
    if connection.doubted_at is not None:
        return Consent.DOUBTFUL
    return Consent.GOOD if lapses_at(connection) is None else Consent.ENDING


def say_consent(connection: Connection) -> str:
    """What is wrong with a consent, in a sentence; "" when it is good."""
    match consent_of(connection):
        case Consent.LOST:
            return _now(LOST)
        case Consent.FORGOTTEN:
            return _now(FORGOTTEN)
        case Consent.DOUBTFUL:
            return _now(DOUBTFUL).format(**times_of_doubt(connection))
        case Consent.ENDING:
            day = date_format(timezone.localtime(lapses_at(connection)), "SHORT_DATE_FORMAT")
            return _now(ENDING).format(day=day)
    return ""


def times_of_doubt(connection: Connection) -> dict[str, str]:
    """When Exact refused a consent in doubt, and when it is asked again, as `DOUBTFUL` says them."""
    times = {"refused_at": connection.doubted_at, "again_at": next_try_at(connection)}
    return {name: date_format(timezone.localtime(at), "H:i") for name, at in times.items() if at}


def next_try_at(connection: Connection) -> datetime:
    """When a consent in doubt may be renewed; at once when its row does not say how old it is."""
    issued, expires = connection.access_issued_at, connection.access_expires_at
    if issued is None or expires is None:
        return timezone.now()
    return max(issued + EARLIEST_RENEWAL, expires - MARGIN)


def lapses_at(connection: Connection) -> datetime | None:
    """When a consent will end by itself, once it is old enough to warn of: it could not be renewed for 20 days."""
    issued = connection.access_issued_at
    if connection.state != ConnectionState.ACTIVE or issued is None or timezone.now() - issued < WARN_AFTER:
        return None
    return issued + LAPSES_AFTER


def gone_or_late(now: datetime) -> Q:
    """A condition for connections whose consent must be given again, or was not renewed for 20 days."""
    return ~usable() | Q(access_issued_at__lt=now - WARN_AFTER)


def in_doubt() -> Q:
    """A condition for connections in doubt: Exact refused the token, and not yet its renewal."""
    return Q(state=ConnectionState.ACTIVE, doubted_at__isnull=False)


def doubt_is_due(now: datetime) -> Q:
    """A condition for connections in doubt that can be renewed now, so that Exact's answer settles the doubt."""
    return in_doubt() & (
        Q(access_issued_at=None) | Q(access_issued_at__lte=now - EARLIEST_RENEWAL, access_expires_at__lte=now + MARGIN)
    )


def usable(prefix: str = "") -> Q:
    """`Consent.usable` of a connection, asked of the database; `prefix` is the way to it, such as "connection__"."""
    return Q(**{f"{prefix}state": ConnectionState.ACTIVE})
