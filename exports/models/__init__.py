"""A closing on its way to the books, which of them counts, letters, and the export on demand."""

from exports.letters import models as letters
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
from exports.runs import models as runs

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
    "letters",
    "runs",
]
