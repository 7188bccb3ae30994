"""A PostgreSQL session that reports no commit as done which the standby may not have, and that never waits for ever.

A commit is safe once the synchronous standby has it. PostgreSQL raises no error otherwise: if the wait for the standby
is cancelled (by a person, or as the server ends), the commit is on the one machine only, and the client gets success
with a warning. Here that warning is a failure; it is recognised by the server function that wrote it, as its text is in
the server's language. No limit of the server ends that wait (`statement_timeout` does not apply to a commit), and a
frozen server keeps no limit at all: so the client has one.
"""

from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic

RV = TypeVar("RV")

WAITS_FOR_STANDBY = "SyncRepWaitForLSN"
# A little longer than the server's own limit (`statement_timeout`): it ends by itself what it can.
ANSWER_MAX_S = 35.0
# How often a wait looks whether it is over, in seconds: psycopg's own.
LOOK_EVERY_S = 0.1
CANCEL_MAX_S = 2.0


class NotReplicated(psycopg.OperationalError):
    """A commit is on one machine only, and lost if another one takes over: do not rely on it, look again."""


class NoLongerLeader(psycopg.OperationalError):
    """This server takes no writes any more, or gave the session up: another leads. Connect anew."""


class NoAnswer(psycopg.OperationalError):
    """The server is frozen, or a commit waits for a standby: whether what was asked is done is not known."""


class Session(psycopg.Connection[Any]):
    """A connection that fails, and is closed, where what was asked did not come to a safe end.

    Every wait for the server passes through here: statements, commits, copies. `answer_max_s`: so long at most for
    each; None where somebody waits on purpose.
    """

    answer_max_s: float | None = ANSWER_MAX_S

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unreplicated: list[str] = []
        self.add_notice_handler(partial(_note, self._unreplicated))

    def wait(self, gen: PQGen[RV], interval: float = LOOK_EVERY_S, timeout: float | None = None) -> RV:
        """Wait for the server. Raises `NotReplicated`, `NoLongerLeader`, `NoAnswer`, besides psycopg's own errors."""
        try:
            outcome = super().wait(gen, interval, self.answer_max_s if timeout is None else timeout)
        except errors._WaitTimeout as silence:
            if timeout is not None:
                raise
            self._give_up()
            raise NoAnswer(f"no answer within {self.answer_max_s} s") from silence
        except (errors.ReadOnlySqlTransaction, errors.IdleInTransactionSessionTimeout) as refusal:
            self.close()
            raise NoLongerLeader(str(refusal)) from refusal
        if self._unreplicated:
            self.close()
            raise NotReplicated(self._unreplicated[-1])
        return outcome

    def _give_up(self) -> None:
        """Close the connection, and cancel what the server waits for: else it would keep its locks and its slot."""
        with suppress(psycopg.Error):
            self.cancel_safe(timeout=CANCEL_MAX_S)
        self.close()


def _note(unreplicated: list[str], notice: Diagnostic) -> None:
    if notice.source_function == WAITS_FOR_STANDBY:
        unreplicated.append(notice.message_primary or "")
