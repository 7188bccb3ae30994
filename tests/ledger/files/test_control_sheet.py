"""The control sheet: counted from the entries, as a spreadsheet opens it."""

import csv
import hashlib
import io
from datetime import date
from decimal import Decimal

from ledger.entry import Entry, EntryKind, LineRole
from ledger.files.control_sheet import ControlSheet, MeansReceived, RateTotal
from ledger.files.fec import Fec
from ledger.files.sage import Sage
from tests.ledger.files.given import CHART, SIREN, YEAR, closing, entry, line, made

RATE = Decimal("10.00")
SOLD = entry(
    line("411000", "99.00", LineRole.CUSTOMER),
    line("706000", "-100.00", LineRole.SALES, vat_slot=2, vat_rate=RATE),
    line("706000", "10.00", LineRole.SALES, vat_slot=2, vat_rate=RATE),
    line("445712", "-10.00", LineRole.VAT, vat_slot=2, vat_rate=RATE),
    line("445712", "1.00", LineRole.VAT, vat_slot=2, vat_rate=RATE),
)


def received(label: str = "Espèces") -> Entry:
    lines = (
        line("411000", "-99.00", LineRole.CUSTOMER, means="ESP", label=label),
        line("530000", "99.00", LineRole.JOURNAL),
    )
    return Entry(kind=EntryKind.RECEIPTS, journal="30", date=date(2026, 3, 15), label="Z1042", lines=lines)


def sheet(*entries: Entry) -> tuple[bytes, ControlSheet]:
    content, made_file = made([closing(*entries)], Fec(siren=SIREN, year=YEAR, chart=CHART))
    assert made_file.sheet is not None
    return content, made_file.sheet


def rows(given: ControlSheet) -> list[list[str]]:
    return list(csv.reader(io.StringIO(given.to_csv().decode("utf-8-sig"), newline=""), delimiter=";"))


def test_sheet__sums_rates_and_means() -> None:
    content, given = sheet(SOLD, received())
    assert given.sha256 == hashlib.sha256(content).hexdigest()
    assert (given.first_date, given.last_date) == (date(2026, 3, 14), date(2026, 3, 15))
    assert given.rates == (RateTotal(RATE, net=Decimal("90.00"), vat=Decimal("9.00")),)
    assert given.rates[0].gross == Decimal("99.00")
    assert given.means == (MeansReceived("ESP", "Espèces", Decimal("99.00")),)
    assert [(it.journal, it.entries, it.lines, it.debit) for it in given.journals] == [
        ("CA", 1, 2, Decimal("99.00")),
        ("VE", 1, 5, Decimal("110.00")),
    ]


def test_to_csv__french_decimals_dates_and_a_bom() -> None:
    _, given = sheet(SOLD, received())
    assert given.to_csv().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in given.to_csv()
    written = rows(given)
    assert ["Première date", "14/03/2026"] in written
    assert ["10,00", "90,00", "9,00", "99,00"] in written
    assert ["706000", "10,00", "100,00", "-90,00"] in written


def test_to_csv__a_label_is_no_formula() -> None:
    _, given = sheet(SOLD, received('=HYPERLINK("http://x")'))
    assert ["ESP", '\'=HYPERLINK("http://x")', "99,00"] in rows(given)


def test_to_csv__every_closing_number_range_is_told() -> None:
    given = [closing(SOLD, received(), number=number, establishment="PARIS02") for number in (489, 487)]
    _, made_file = made(given, Sage(chart=CHART))
    assert made_file.sheet is not None
    assert ["PARIS02", "2", "487", "489"] in rows(made_file.sheet)
