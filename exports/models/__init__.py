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
from exports.models.corrections import Overtaken, SettingsLook

__all__ = [
    "ClosingEvent",
    "ClosingState",
    "Overtaken",
    "Replaced",
    "Replacement",
    "ReplacementWay",
    "RepostItem",
    "RepostRun",
    "RunWay",
    "SettingsLook",
    "StoredClosing",
    "coverage",
]
