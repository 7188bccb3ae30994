"""A closing on its way to the books, and which of them counts."""

from exports.models import coverage
from exports.models.closings import (
    Export,
    ExportEvent,
    ExportState,
    Replaced,
    Replacement,
    ReplacementWay,
    RepostItem,
    RepostRun,
)

__all__ = [
    "Export",
    "ExportEvent",
    "ExportState",
    "Replaced",
    "Replacement",
    "ReplacementWay",
    "RepostItem",
    "RepostRun",
    "coverage",
]
