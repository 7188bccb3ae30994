"""Sending the spooled closings in order: again and again after failures of line or server, never after a refusal."""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .server import Refused, Server, TryAgain
from .spool import Busy, Spool

KEY_TROUBLE = (401, 403)
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 300.0
TURN_WAIT_S, TURN_WAITS = 1.0, 120
Say = Callable[[str, str], None]


class GivenUp(Exception):
    """The time that the caller allowed is over; everything is still in the spool."""


@dataclass(slots=True)
class Patience:
    """How long to wait between two tries, and when to give up. `sleep` and `clock` (in seconds) come from outside."""

    sleep: Callable[[float], None]
    give_up_after_s: float | None = None
    clock: Callable[[], float] = time.monotonic
    tries: int = 0
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self._deadline = math.inf if self.give_up_after_s is None else self.clock() + self.give_up_after_s

    def wait(self, asked_s: float | None) -> None:
        """Wait as long as the server asked, else 0.5, 1, 2 … seconds with half of it by chance. Raises `GivenUp`."""
        backoff = min(FIRST_WAIT_S * 2**self.tries, LONGEST_WAIT_S) * (0.5 + random.random() / 2)
        # A server that asks for 0 seconds is not to be hammered.
        seconds = backoff if asked_s is None else max(asked_s, FIRST_WAIT_S)
        if self.clock() + seconds > self._deadline:
            raise GivenUp
        self.tries = min(self.tries + 1, 20)
        self.sleep(seconds)


def send_all(spool: Spool, server: Server, patience: Patience, say: Say) -> list[Refused]:
    """Send what waits, oldest first, and what is put there meanwhile. Returns the closings' refusals.

    Raises `Refused` when the till itself is refused, `GivenUp`, and `Busy` when another process sends for too long.
    """
    refusals = []
    with _our_turn(spool, patience, say):
        while waiting := spool.waiting():
            for path in waiting:
                refusal = _send(path, spool, server, patience, say)
                refusals += [refusal] if refusal else []
    return refusals


@contextmanager
def _our_turn(spool: Spool, patience: Patience, say: Say) -> Iterator[None]:
    """Wait for another process that sends from this spool, at most two minutes; it sends our closings too."""
    with ExitStack() as stack:
        for turn in range(TURN_WAITS + 1):
            try:
                stack.enter_context(spool.sending())
                break
            except Busy:
                if turn == TURN_WAITS:
                    raise
                if turn == 0:
                    say("turn", "")
                patience.wait(TURN_WAIT_S)
        patience.tries = 0
        yield


def _send(path: Path, spool: Spool, server: Server, patience: Patience, say: Say) -> Refused | None:
    """Send one closing until it is taken, or refused."""
    while True:
        try:
            answer = server.push(path.read_bytes())
        except TryAgain as trouble:
            say("again", f"{path.stem}: {trouble}")
            patience.wait(trouble.wait_s)
        except Refused as refusal:
            if refusal.status in KEY_TROUBLE:
                # The key or the till is refused, not the closing: all of them wait for it to be mended.
                raise
            patience.tries = 0
            spool.refused(path, refusal.answer)
            say("refused", f"{path.stem}: {refusal.explained()}")
            return refusal
        else:
            patience.tries = 0
            spool.sent(path, answer)
            say("taken", f"{path.stem}: {answer['state']}")
            return None
