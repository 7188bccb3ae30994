"""The link beside a letter's line that answers its question, for a person who may answer it."""

from dataclasses import dataclass

from concerns.answers.kinds import open_to
from concerns.answers.links import make_link
from concerns.concern import Question
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The address at which one person answers one question, and the likeliest answer."""

    address: str
    proposed: str


def offered_to(person: User, asked: Question) -> Offered | None:
    """A new link for the person; None if they may not answer the question, or no answer is proposed."""
    question = open_to(person, asked)
    if question is None or question.given() is not None:
        return None
    choices = question.choices()
    if not choices:
        return None
    return Offered(address=make_link(person, asked, question.shop), proposed=choices[0].words)
