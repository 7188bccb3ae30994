"""What became of a command, as an exit code and a line for the shop keeper."""

from collections.abc import Callable, Sequence

from .identity import NotPaired
from .push import GivenUp, Say
from .server import Refused, TryAgain
from .spool import Busy
from .till import NotExported, PairingInDoubt

DONE, REFUSED, WRONG_CALL, UNFINISHED = range(4)


def exit_code(command: Callable[[], Sequence[Refused]], say: Say) -> int:
    """Run a command that returns the closings' refusals, and say why it ended if it did not get through."""
    try:
        return REFUSED if command() else DONE
    except Refused as refusal:
        say("refused", refusal.explained())
        return REFUSED
    except NotExported:
        return REFUSED
    except NotPaired:
        say("not_paired", "")
        return WRONG_CALL
    except (FileNotFoundError, ValueError) as wrong:
        say("wrong_call", str(wrong))
        return WRONG_CALL
    except GivenUp:
        say("given_up", "")
    except PairingInDoubt as lost:
        say("pairing_in_doubt", str(lost))
    except TryAgain as trouble:
        say("unreachable", str(trouble))
    except Busy:
        say("busy", "")
    return UNFINISHED
