"""One line of a letter: what it says, and the page it leads to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from concerns.answers.offer import Offered
from concerns.concern import Concern, Condition, Question, QuestionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a letter, in the language of its reader. `old`: an earlier letter told it already.

    `seen_to`: who sees to what it tells; `question`: the question whose answer would mend it; `offered`: the link to
    answer it, in the mail being sent.
    """

    kind: str
    label: str
    customer: str
    shop: str
    head: str
    words: str
    mend: str
    path: str
    seen_to: str = ""
    old: bool = False
    question: Question | None = None
    offered: Offered | None = None

    @classmethod
    def of(cls, concern: Concern, *, old: bool = False) -> "Line":
        """The line of a concern, in the language that is active. It offers no link yet."""
        return cls(
            kind=concern.condition,
            label=concern.condition.label,
            customer=concern.customer,
            shop=concern.shop,
            head=concern.head,
            words=concern.words,
            mend=concern.mend,
            path=concern.address,
            seen_to=concern.seen_to,
            old=old,
            question=concern.question,
        )

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Line":
        """The line that `to_document` wrote down. Raises `ValueError` on a kind of question that there is no more."""
        asked = document.get("question")
        question = (
            Question(kind=QuestionKind(asked["kind"]), shop=asked["shop"], about=asked["about"]) if asked else None
        )
        return cls(**{**document, "question": question})

    @property
    def place(self) -> str:
        """Whose it is: the customer, or its establishment."""
        return f"{self.shop} ({self.customer})" if self.shop else self.customer

    @property
    def urgency(self) -> int:
        """Where it comes among other lines: see `Condition.urgency`."""
        return Condition(self.kind).urgency

    @property
    def tone(self) -> str:
        """How it is coloured: see `Condition.tone`."""
        return Condition(self.kind).tone

    @property
    def address(self) -> str:
        """The page it leads to, as a mail must name it."""
        return f"{settings.PUBLIC_URL}{self.path}"

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, for the letter's row. Without `offered`: each mail that is sent has a link of its own."""
        return {name: value for name, value in asdict(self).items() if name != "offered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one establishment's lines say."""

    place: str
    customer: str
    lines: list[Line]

    @property
    def urgency(self) -> int:
        """That of its most urgent line."""
        return self.lines[0].urgency


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Lines grouped by customer and establishment; the customer with the most urgent line comes first, as a whole."""
    of_each: defaultdict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda it: (it.customer, it.shop, it.urgency)):
        of_each[line.place].append(line)
    groups = [Group(place=place, customer=its[0].customer, lines=its) for place, its in of_each.items()]
    most: dict[str, int] = {}
    for group in groups:
        most[group.customer] = min(group.urgency, most.get(group.customer, group.urgency))
    return sorted(groups, key=lambda it: (most[it.customer], it.customer, it.urgency))
