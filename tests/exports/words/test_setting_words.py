"""Where a setting is that a file's problem names: every line of an entry leads to words, never to the path itself."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from exports.words.setting_words import setting_in_words
from ledger.entry import Entry, EntryKind, Line, LineRole
from ledger.files.journal_lines import setting_of


def line(role: LineRole, amount: str) -> Line:
    return Line(account="530001", amount=Decimal(amount), role=role, vat_slot=2, means="CB")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("amount", ["10.00", "-10.00"])
@pytest.mark.parametrize("role", LineRole)
def test_setting__of_every_line_is_named_in_words(role: LineRole, amount: str, language: str) -> None:
    lines = (line(role, amount), line(LineRole.JOURNAL, str(-Decimal(amount))))
    entry = Entry(kind=EntryKind.RECEIPTS, journal="30", date=date(2026, 3, 14), label="Z 1042", lines=lines)
    with translation.override(language):
        words = setting_in_words(setting_of(entry, lines[0]))
    assert "/" not in words and "_" not in words


def test_setting__of_the_drawer_is_that_of_cash_payments() -> None:
    with translation.override("fr"):
        assert setting_in_words("means_by_kind/cash") == "paramétrage comptable, Paiements en espèces"
