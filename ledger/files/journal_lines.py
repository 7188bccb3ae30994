"""Entries made flat: every line written out, customer, VAT and the journal's own account too, as debit or credit."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger.entry import Entry, Line, LineRole
from ledger.files.booked import BookedClosing
from ledger.files.chart import Chart, FileJournal, FileThirdParty

# Stand where an entry's number and validation date will be; no cleaned text holds a control character.
OPEN_NUMBER, OPEN_VALIDATION = "\x00", "\x01"


class Heading(NamedTuple):
    """What all lines of an entry say. ``movement`` counts the entries of the file from 1. No text is cleaned or cut."""

    movement: int
    journal: FileJournal
    entry_date: date
    document: str
    document_date: date
    reference: str
    label: str


class JournalLine(NamedTuple):
    """One line of a journal: either ``debit`` or ``credit`` is above 0.00, the other is 0.00.

    ``detail`` is what this line adds to the entry's label. No text is cleaned or cut yet.
    """

    heading: Heading
    account: str
    account_name: str
    third_party: FileThirdParty
    detail: str
    debit: Decimal
    credit: Decimal


def lines_of(closing: BookedClosing, entry: Entry, chart: Chart, movement: int) -> Iterator[JournalLine]:
    """Yield every line of one entry of a closing, in order; each entry is a movement of its own."""
    heading = Heading(
        movement=movement,
        journal=chart.journal(entry.journal, entry.kind),
        entry_date=entry.date,
        document=closing.document,
        document_date=closing.business_date,
        reference=closing.reference,
        label=entry.label,
    )
    name, third_party = chart.account_name, chart.third_party
    for line in entry.lines:
        party = third_party(line.third_party)
        yield JournalLine(heading, line.account, name(line.account), party, line.label, line.debit, line.credit)


def setting_of(entry: Entry, line: Line) -> str:
    """Say which setting of the establishment sent a line to its account: "slots/2/vat_account", "means/CB".

    Whoever must change an account that a file can't hold changes it there.
    """
    by_role = {
        LineRole.CUSTOMER: "customer_account",
        LineRole.SALES: f"slots/{line.vat_slot}/sales_account",
        LineRole.VAT: f"slots/{line.vat_slot}/vat_account",
        LineRole.MEANS: f"means/{line.means}",
        LineRole.RECEIPT: "receipt_accounts",
        LineRole.MOVEMENT: "movement_accounts",
        LineRole.DRAWER: "means_by_kind/cash",
        LineRole.SUSPENSE: "suspense_account",
        LineRole.DIFFERENCE: "shortage_account" if line.debit else "surplus_account",
        LineRole.JOURNAL: f"journal_accounts/{entry.journal}",
    }
    return by_role[line.role]
