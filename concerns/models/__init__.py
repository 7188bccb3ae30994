"""What this room keeps: letters, the links in them that answer a question, webhooks and each attempt at one."""

from concerns.models.answer_link import AnswerLink
from concerns.models.letter import Channel, Letter, LetterKind, LetterState
from concerns.models.webhook import Outcome, Webhook, WebhookAttempt

__all__ = [
    "AnswerLink",
    "Channel",
    "Letter",
    "LetterKind",
    "LetterState",
    "Outcome",
    "Webhook",
    "WebhookAttempt",
]
