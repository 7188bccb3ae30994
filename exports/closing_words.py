"""What people call a closing, by what it covers. mypy asks for the words of a kind that has none."""

from typing import assert_never

from django.utils.translation import gettext as _

from ledger.kinds import ClosingKind


def closing_words(kind: ClosingKind) -> str:
    """Return what a closing of a kind is called, in the active language: "General closing"."""
    match kind:
        case ClosingKind.GENERAL:
            return _("General closing")
        case ClosingKind.STATION:
            return _("Station closing")
        case ClosingKind.DRAWER:
            return _("Drawer closing")
    assert_never(kind)
