"""A closing on its way to the books, and which of them counts."""

from exports.models import coverage
from exports.models.closings import (
    ClosingEvent,
    ClosingState,
    Replaced,
    Replacement,
    ReplacementWay,
    RepostItem,
    RepostRun,
    RunWay,
    StoredClosing,
)

__all__ = [
    "ClosingEvent",
    "ClosingState",
    "Replaced",
    "Replacement",
    "ReplacementWay",
    "RepostItem",
    "RepostRun",
    "RunWay",
    "StoredClosing",
    "coverage",
]
