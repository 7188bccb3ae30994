"""Sending what is spooled: in order, for ever on trouble of the line or the server, never again after a refusal."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from .server import Refused, Server, TryAgain
from .spool import Spool

KEY_TROUBLE = (401, 403)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 300.0


class GivenUp(Exception):
    """The bound that the caller set was reached; everything is still in the spool."""


@dataclass(slots=True)
class Patience:
    """How long to wait between two tries. `sleep` and `rest_s` (for tests and demos) come from outside."""

    sleep: Callable[[float], None]
    rest_s: float | None = None
    tries: int = 0

    def wait(self, asked_s: float | None) -> None:
        """Wait as long as the server asked, else 0.5, 1, 2 … seconds with half of it by chance. Raises `GivenUp`."""
        backoff = min(FIRST_WAIT_S * 2**self.tries, LONGEST_WAIT_S) * (0.5 + random.random() / 2)
        seconds = backoff if asked_s is None else asked_s
        if self.rest_s is not None:
            if seconds > self.rest_s:
                raise GivenUp
            self.rest_s -= seconds
        self.tries = min(self.tries + 1, 20)
        self.sleep(seconds)


def send_all(spool: Spool, server: Server, patience: Patience, say: Callable[[str, str], None]) -> list[Refused]:
    """Send what waits, oldest first. Returns the closings' refusals.

    Raises `Refused` when the till itself is refused, `GivenUp`, and `spool.Busy`.
    """
    refusals = []
    with spool.sending():
        for path in spool.waiting():
            while path.exists():
                try:
                    answer = server.push(path.read_bytes())
                except TryAgain as trouble:
                    say("again", f"{path.stem}: {trouble}")
                    patience.wait(trouble.wait_s)
                except Refused as refusal:
                    if refusal.status in KEY_TROUBLE:
                        # The key or the till is refused, not the closing: all of them wait for it to be mended.
                        raise
                    spool.refused(path, refusal.answer)
                    say("refused", f"{path.stem}: {refusal}")
                    refusals.append(refusal)
                else:
                    patience.tries = 0
                    spool.sent(path, answer)
                    say("taken", f"{path.stem}: {answer['state']}")
    return refusals
