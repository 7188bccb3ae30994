"""The interface of a question that can be answered from a letter. Each kind is a class, in `concerns.answers.kinds`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from exports.models import StoredClosing
from tenants.models import Establishment, User


class ChangedMeanwhile(Exception):
    """The question is not as the person saw it any more: show it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer: its value, and what people read."""

    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The answer in force: its words, by whom, and when; without a person if that is not known."""

    words: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an answer would do: `words`, one sentence for each thing; or `trouble`, why it cannot be given here."""

    words: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


class AnswerableQuestion(ABC):
    """One question about one establishment, as it stands now."""

    permission: ClassVar[str]
    """Who may answer it."""
    looked_for: ClassVar[tuple[str, ...]]
    """What an establishment is loaded along for it."""

    def __init__(self, shop: Establishment, about: str) -> None:
        self.shop, self.about = shop, about

    @property
    @abstractmethod
    def words(self) -> str:
        """The question in a sentence."""

    @property
    @abstractmethod
    def stamp(self) -> str:
        """A digest of what the person is shown: it changes when that changes."""

    @abstractmethod
    def given(self) -> Given | None:
        """The answer in force, whoever gave it; None while the question is open."""

    @abstractmethod
    def choices(self) -> list[Choice]:
        """The answers that are proposed, the likeliest first. None: it cannot be answered from a letter."""

    @abstractmethod
    def say(self, value: str) -> str:
        """An answer in words."""

    @abstractmethod
    def waiting(self) -> Sequence[StoredClosing]:
        """The closings that wait for the answer, the oldest first."""

    @abstractmethod
    def effect(self, value: str) -> Effect:
        """What this answer would do. Writes nothing."""

    @abstractmethod
    def carry_out(self, value: str, *, by: User, shown: str) -> list[UUID]:
        """Do what `effect` says, inside a transaction of the caller's. Returns the closings that waited for it.

        Raises `ChangedMeanwhile` when `shown` is not the stamp any more, or the question is answered.
        """

    @property
    @abstractmethod
    def undone_at(self) -> str:
        """The path of the console's page where the answer is taken back."""
