"""A file's own bytes, read back: every entry is found again, and a single cent, line or account changed is seen."""

import pytest
from hypothesis import given

from ledger.files.ciel import Ciel, DecimalSign
from ledger.files.layout import Layout
from ledger.files.read_back import FileDiffers, Moved, ReadBack, as_meant, moved_by, read_back
from ledger.files.sage_text import SageColumn, SageText, Separator
from ledger.files.takings import TakingsTally, negated_takings, takings_of
from tests.ledger.files.given import CHART, NumberedClosing, booked_closings, formats, made, numbered_week
from tests.tier import examples

LAYOUTS: list[Layout] = [
    *(it.layout for it in formats()),
    Ciel(chart=CHART, decimal_sign=DecimalSign.COMMA),
    SageText(
        chart=CHART,
        headings=False,
        separator=Separator.TAB,
        columns=(SageColumn.CREDIT, SageColumn.DEBIT, SageColumn.ACCOUNT, SageColumn.DATE, SageColumn.JOURNAL),
    ),
]


def lines_in(content: bytes, layout: Layout) -> list[str]:
    return content.decode(layout.charset).split("\r\n")[:-1]


def moved_in(closings: tuple[NumberedClosing, ...], layout: Layout) -> list[list[Moved]]:
    return [moved_by(entry, layout) for it in closings for entry in it.booked.entries]


@examples(25)
@given(booked_closings())
def test_read_back__finds_every_entry_again(closings: tuple[NumberedClosing, ...]) -> None:
    for layout in LAYOUTS:
        moved = moved_in(closings, layout)
        content, _file = made(closings, layout)
        found = read_back(lines_in(content, layout), layout, map(as_meant, moved))
        assert found == ReadBack(entries=len(moved), lines=sum(map(len, moved)))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda it: it.name)
def test_read_back__sees_a_cent_an_account_and_an_entry(layout: Layout) -> None:
    closings = numbered_week()
    lines, moved = lines_in(made(closings, layout)[0], layout), moved_in(closings, layout)
    meant = [*map(as_meant, moved)]
    (account, amount), *others = moved[3]
    for changed in ([(account, amount + 1), *others], [("999999", amount), *others], others):
        with pytest.raises(FileDiffers) as difference:
            read_back(lines, layout, [*meant[:3], as_meant(changed), *meant[4:]])
        assert difference.value.place >= 4
    with pytest.raises(FileDiffers):
        read_back(lines, layout, meant[:-1])
    with pytest.raises(FileDiffers):
        read_back(lines, layout, [*meant, meant[-1]])


@examples(25)
@given(booked_closings())
def test_takings_of__an_entry_are_what_a_tally_of_it_writes(closings: tuple[NumberedClosing, ...]) -> None:
    for entry in (entry for it in closings for entry in it.booked.entries):
        tally, read = TakingsTally(), TakingsTally()
        tally.add(entry)
        assert takings_of(entry) == tally.document()
        read.add_document(takings_of(entry))
        assert (read.rates(), read.means()) == (tally.rates(), tally.means())
        read.add_document(negated_takings(takings_of(entry)))
        assert read.turnover == 0
