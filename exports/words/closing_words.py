"""What people call a closing. mypy asks for the words of a kind that has none."""

from typing import assert_never

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.models import OrderKind, StoredClosing
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


def order_words(kind: str) -> str:
    """What is being done to the entries of a closing in Exact, by a person's order: instead of "being exported"."""
    if kind == OrderKind.SET_ASIDE:
        return _("being taken out of Exact")
    return _("being replaced in Exact")


def name_of(closing: StoredClosing) -> str:
    """ "Z 1042, 14/03/2026"."""
    return f"{closing}, {date_format(closing.business_date, 'SHORT_DATE_FORMAT')}"


def name_briefly(closing: StoredClosing) -> str:
    """ "Z 42", or "Z 7 (1)" of station 1. Reads its document."""
    scope = closing.document.get("scope", "")
    return f"{closing} ({scope})" if scope else str(closing)
