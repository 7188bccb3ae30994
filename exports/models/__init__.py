"""A closing on its way to the books, and which of them counts."""

from exports.models import coverage, start
from exports.models.assignment import Assignment
from exports.models.closed_days import ClosedDays, ClosedKind
from exports.models.closings import (
    ClosingEvent,
    ClosingState,
    OrderKind,
    Replaced,
    Replacement,
    ReplacementWay,
    RepostItem,
    RepostRun,
    RunWay,
    SetAside,
    StoredClosing,
)
from exports.models.corrections import Overtaken, SettingsLook
from exports.models.never_made import NeverMade

__all__ = [
    "Assignment",
    "ClosedDays",
    "ClosedKind",
    "ClosingEvent",
    "ClosingState",
    "NeverMade",
    "OrderKind",
    "Overtaken",
    "Replaced",
    "Replacement",
    "ReplacementWay",
    "RepostItem",
    "RepostRun",
    "RunWay",
    "SetAside",
    "SettingsLook",
    "StoredClosing",
    "coverage",
    "start",
]
