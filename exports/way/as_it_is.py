"""A person takes a closing as it is: shown first with the entries it comes to, booked if it still comes to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from exports.coverage.judge import Disputed
from exports.coverage.rows import lock_shop
from exports.models import ClosingState, StoredClosing
from exports.way.accept import reconsider
from exports.way.decide import GAP_WORD, WAIVABLE, Decision, Held, Look, decide
from exports.way.prepare import Destination, locked
from exports.way.shown import ShownOtherwise, digest_of
from exports.way.standing import Standing
from exports.words.reasons import Why, because
from ledger.problem import Problem
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItIs:
    """What taking a closing as it is would come to: the decision, and what would hold it all the same (`left`).

    `word` is the yes to its dispute, as it is written down; `waved`: whether a yes does anything at all.
    """

    decision: Decision
    left: tuple[Problem, ...]
    word: str
    waved: bool

    @property
    def digest(self) -> str:
        """A name for it."""
        return digest_of(self.decision, self.word)


def outlook(closing: StoredClosing, *, gap: bool = False) -> AsItIs:
    """Look at a held closing as if it were taken as it is; `gap`: only with its gap on the suspense account.

    Load it with `WHERE_CLOSINGS_GO`. Writes nothing.
    """
    standing = Standing.of(closing.pk)
    destination = Destination.of(closing.establishment)
    look = Look.at(closing, standing.entries, standing.divisions)
    word = GAP_WORD if gap else look.verdict.word if isinstance(look.verdict, Disputed) else ""
    odd = frozenset() if gap else WAIVABLE.intersection(it.code for it in look.problems if it.blocking)
    accepted = sorted({*closing.accepted_problems, *odd, *filter(None, [word])})
    with saying(closing, accepted):
        taken = Look.at(closing, standing.entries, standing.divisions)
        decision = decide(taken, destination)
        left = tuple(taken.holding(decision.problems)) if isinstance(decision, Held) else ()
    return AsItIs(decision=decision, left=left, word=word, waved=accepted != closing.accepted_problems)


@contextmanager
def saying(closing: StoredClosing, words: list[str]) -> Iterator[None]:
    """Within it, a closing is looked at as if people had said yes with these `words`. Nothing is written."""
    before = closing.accepted_problems
    closing.accepted_problems = words
    try:
        yield
    finally:
        closing.accepted_problems = before


def take_as_it_is(
    closing_id: UUID, *, actor: User | None, why: str, shown: str, what: Why = Why.BOOKED_AS_IT_IS
) -> StoredClosing:
    """Book what was shown. Raises `ShownOtherwise` when it would come to something else now, or is held no more."""
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        if closing.state != ClosingState.HELD or (now := outlook(closing, gap=what is Why.GAP_BOOKED)).digest != shown:
            raise ShownOtherwise
        return reconsider(closing_id, actor=actor, why=because(what, why), accept_problems=True, word=now.word)
