"""What this room keeps: letters, and the links in them that answer a question."""

from concerns.models.answer_link import AnswerLink
from concerns.models.letter import Letter, LetterKind, LetterState

__all__ = ["AnswerLink", "Letter", "LetterKind", "LetterState"]
