"""Why nothing is sent to a company now, in words. mypy asks for the words of a code that has none."""

from typing import assert_never

from django.utils.translation import gettext as _

from exact.models import Lane, PauseCode


def why_paused(lane: Lane) -> str:
    """Return why a lane stands still, with what will end it; "" when it does not."""
    if not lane.pause_code:
        return ""
    code = PauseCode(lane.pause_code)
    match code:
        case PauseCode.RATE_LIMITED:
            return _("Exact's call limit is reached; it goes on by itself.")
        case PauseCode.RECONNECT_REQUIRED:
            return _("The customer must link Exact Online again.")
        case PauseCode.UNAVAILABLE:
            return _("Exact does not answer; it tries again by itself.")
        case PauseCode.SETTLING:
            return _("An outcome is unknown; it is looked up in Exact before anything is sent.")
        case PauseCode.REFUSED:
            return _("Exact refused a call nobody expected; support looks.")
    assert_never(code)
