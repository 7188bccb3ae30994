"""Why nothing is sent to a company now, in words. mypy asks for the words of a code that has none."""

from datetime import datetime
from typing import assert_never

from django.utils import timezone
from django.utils.translation import gettext as _

from exact.api.consent import Consent, consent_of, say_consent
from exact.models import Lane, PauseCode


def why_paused(lane: Lane) -> str:
    """Return why a lane is paused and what will end the pause; "" when it is not paused.

    Load the lane with its division's connection: a lane that waits for a log-in says the consent's state now.
    """
    if not lane.pause_code:
        return ""
    code = PauseCode(lane.pause_code)
    match code:
        case PauseCode.RATE_LIMITED:
            return _("Exact's call limit is reached; it goes on by itself.")
        case PauseCode.RECONNECT_REQUIRED | PauseCode.CONSENT_IN_DOUBT:
            connection = lane.division.connection
            if consent_of(connection) not in (Consent.GOOD, Consent.ENDING):
                return say_consent(connection)
            return _("Exact had refused the link; it goes on by itself.")
        case PauseCode.UNAVAILABLE:
            return _("Exact does not answer; it tries again by itself.")
        case PauseCode.SETTLING:
            return _("An outcome is unknown; it is looked up in Exact before anything is sent.")
        case PauseCode.REFUSED:
            return _("Exact refused a call nobody expected; support looks.")
    assert_never(code)


def stands(lane: Lane) -> bool:
    """Whether a lane is paused now. A pause that is over does not count, even if nothing was sent since.

    Load the lane with its division's connection.
    """
    paused = lane.paused_until is not None and lane.paused_until > timezone.now()
    return bool(lane.pause_code) and (paused or not consent_of(lane.division.connection).usable)


def stands_until(lane: Lane) -> datetime | None:
    """Until when a lane is paused; None when it is not, or when a person has to end it.

    Load the lane with its division's connection.
    """
    return lane.paused_until if stands(lane) and consent_of(lane.division.connection).usable else None
