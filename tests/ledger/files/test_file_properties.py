"""What holds for any closings, plan and labels: each file is read back by a reader that does not know the writer."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from ledger.entry import Entry, Line
from ledger.files.ciel import Ciel, CielCharset, DecimalSign
from ledger.files.fec import Fec
from ledger.files.sage import Sage, SageLabelWidth
from ledger.files.sage_text import SageText, SageTextCharset
from tests.ledger.files.given import (
    CHART,
    SIREN,
    YEAR,
    NumberedClosing,
    booked_closings,
    formats,
    made,
    totals_per_account,
)
from tests.ledger.files.readers.ciel import read_ciel
from tests.ledger.files.readers.fec import read_fec
from tests.ledger.files.readers.line import balances
from tests.ledger.files.readers.sage import read_sage
from tests.ledger.files.readers.sage_text import read_sage_text
from tests.tier import examples

moderately = examples(25)


def entries_in(closings: tuple[NumberedClosing, ...]) -> list[Entry]:
    return [entry for closing in closings for entry in closing.booked.entries]


def ciel_account(line: Line) -> str:
    """Ciel has no sub-ledger: a third party of class 4 is an account of its own."""
    code = {"0000002": "CAISSE"}.get(line.third_party, line.third_party)
    return f"{line.account[:3]}{code}" if code and line.account[0] == "4" else line.account


def moved(lines: list[Line], account_of: Callable[[Line], str]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[account_of(line)] = sums.get(account_of(line), Decimal()) + line.amount
    return {account: balance for account, balance in sums.items() if balance}


@moderately
@given(booked_closings())
def test_make_file__every_format_holds_the_entries_balances(closings: tuple[NumberedClosing, ...]) -> None:
    lines = [line for entry in entries_in(closings) for line in entry.lines]
    for it in formats():
        content, made_file = made(closings, it.layout)
        in_file = ciel_account if it.layout.name == "ciel" else attrgetter("account")
        assert made_file.problems == ()
        assert balances(it.read(content)) == moved(lines, in_file)


@moderately
@given(booked_closings())
def test_totals_per_account__are_the_same_in_ledger_sheet_and_fec(closings: tuple[NumberedClosing, ...]) -> None:
    content, made_file = made(closings, Fec(siren=SIREN, year=YEAR, chart=CHART))
    totals = totals_per_account(entries_in(closings))
    assert made_file.sheet is not None and made_file.sheet.accounts == tuple(totals.values())
    in_books = {account: it.balance for account, it in totals.items() if it.balance}
    assert {account: balance for account, balance in balances(read_fec(content)).items() if balance} == in_books


@moderately
@given(booked_closings())
def test_make_file__keeps_order_sides_and_days(closings: tuple[NumberedClosing, ...]) -> None:
    expected = [
        (CHART.journals[entry.journal].code, entry.date, line.debit, line.credit)
        for entry in entries_in(closings)
        for line in entry.lines
    ]
    for it in formats():
        read = it.read(made(closings, it.layout)[0])
        assert [(line.journal, line.day, line.debit, line.credit) for line in read] == expected


@moderately
@given(booked_closings())
def test_make_file__the_sheet_counts_what_the_file_holds(closings: tuple[NumberedClosing, ...]) -> None:
    for it in formats():
        content, made_file = made(closings, it.layout)
        read, sheet = it.read(content), made_file.sheet
        assert sheet is not None
        assert (sheet.size, sheet.lines, sheet.closings) == (len(content), len(read), len(closings))
        assert sheet.entries == len({(line.journal, line.entry) for line in read})
        assert sheet.debit == sheet.credit == sum(line.debit for line in read)
        for journal in sheet.journals:
            mine = [line for line in read if line.journal == journal.journal]
            assert (journal.lines, journal.debit) == (len(mine), sum(line.debit for line in mine))
            assert journal.debit == journal.credit


@moderately
@given(booked_closings())
def test_make_file__the_same_closings_give_the_same_bytes(closings: tuple[NumberedClosing, ...]) -> None:
    for it in formats():
        assert made(closings, it.layout)[0] == made(list(closings), it.layout)[0]


@moderately
@given(booked_closings(), st.sampled_from(CielCharset), st.sampled_from(DecimalSign))
def test_ciel__any_setting_reads_back(
    closings: tuple[NumberedClosing, ...], charset: CielCharset, sign: DecimalSign
) -> None:
    content, _ = made(closings, Ciel(chart=CHART, encoding=charset, decimal_sign=sign))
    plain, _ = made(closings, Ciel(chart=CHART))
    read = read_ciel(content, charset=charset.value, decimal_sign=sign.value)
    assert balances(read) == balances(read_ciel(plain))


@moderately
@given(booked_closings(), st.sampled_from(SageLabelWidth), st.sampled_from(SageTextCharset))
def test_sage__any_setting_reads_back(
    closings: tuple[NumberedClosing, ...], width: SageLabelWidth, charset: SageTextCharset
) -> None:
    flat, _ = made(closings, Sage(chart=CHART, label_width=width))
    text, _ = made(closings, SageText(chart=CHART, label_width=width, encoding=charset))
    read_text = read_sage_text(text, charset=charset.value, label_width=width)
    assert balances(read_sage(flat, label_width=width)) == balances(read_text)


@moderately
@given(booked_closings())
def test_fec__a_draft_differs_in_the_validation_date_alone(closings: tuple[NumberedClosing, ...]) -> None:
    draft, _ = made(closings, Fec(siren=SIREN, year=YEAR, chart=CHART, draft=True))
    final, _ = made(closings, Fec(siren=SIREN, year=YEAR, chart=CHART))
    assert read_fec(draft, draft=True) == read_fec(final)
