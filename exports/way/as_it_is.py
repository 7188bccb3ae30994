"""A person takes a closing as it is: its entries are shown first, and booked if they are still the same ones then."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from exports.coverage.judge import Disputed
from exports.coverage.rows import lock_shop
from exports.models import ClosingState, StoredClosing
from exports.way.accept import reconsider
from exports.way.decide import GAP_WORD, REVIEW, TILLS_OWN, WAIVABLE, Decision, Held, Look, decide
from exports.way.prepare import Destination, locked
from exports.way.shown_digest import ShownOtherwise, digest_of
from exports.way.standing import Standing
from exports.words.reasons import Why, because
from ledger.problem import Problem
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItIs:
    """What would become of a closing taken as it is: the decision, and the problems that would still hold it (`left`);
    that it waits for its first review then is none of these.

    `word` is the yes to its dispute, as it is stored. `waved`: whether there is anything that a yes accepts.
    """

    decision: Decision
    left: tuple[Problem, ...]
    word: str
    waved: bool

    @property
    def helps(self) -> bool:
        """Whether a yes brings it nearer to the books: nothing is left, or only what can be mended after it."""
        nobodys = WAIVABLE | TILLS_OWN
        return not self.left or (self.waved and nobodys.isdisjoint(it.code for it in self.left))

    @property
    def digest(self) -> str:
        """A digest of what is shown: another decision, or another `word`, has another one."""
        return digest_of(self.decision, self.word)


def outlook(closing: StoredClosing, *, gap: bool = False) -> AsItIs:
    """Decide on a held closing as if a person took it as it is; `gap`: as if the person accepted nothing but its gap.

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
        held = taken.holding(decision.problems) if isinstance(decision, Held) else []
        left = tuple(it for it in held if it.code != REVIEW.code)
    return AsItIs(decision=decision, left=left, word=word, waved=accepted != closing.accepted_problems)


@contextmanager
def saying(closing: StoredClosing, words: list[str]) -> Iterator[None]:
    """A context in which the closing has these `words` as what people accepted. Only in memory: nothing is written."""
    before = closing.accepted_problems
    closing.accepted_problems = words
    try:
        yield
    finally:
        closing.accepted_problems = before


def take_as_it_is(
    closing_id: UUID, *, actor: User | None, why: str, shown: str, what: Why = Why.BOOKED_AS_IT_IS
) -> StoredClosing:
    """Book what was shown. Raises `ShownOtherwise` when the outlook is another one by now, the closing not held, or a
    yes of no help."""
    with transaction.atomic():
        lock_shop(closing_id)
        closing = locked(closing_id)
        if closing.state != ClosingState.HELD:
            raise ShownOtherwise
        now = outlook(closing, gap=what is Why.GAP_BOOKED)
        if now.digest != shown or not now.helps:
            raise ShownOtherwise
        return reconsider(closing_id, actor=actor, why=because(what, why), accept_problems=True, word=now.word)
