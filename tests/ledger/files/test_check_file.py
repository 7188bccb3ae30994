"""What a format can't hold: all of it at once, with account or journal and the setting, before a byte is written."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledger.entry import Entry, EntryKind, LineRole
from ledger.files.chart import Chart, FileJournal, FileThirdParty
from ledger.files.check import check_file
from ledger.files.ciel import Ciel
from ledger.files.fec import Fec, FiscalYear
from ledger.files.layout import Layout
from ledger.files.sage import Sage
from ledger.files.sage_text import SageColumn, SageText
from ledger.problem import Problem
from tests.ledger.files.given import SIREN, YEAR, NumberedClosing, closing, entry, line, made, make_file

FEC, CIEL, SAGE, TEXT = Fec(siren=SIREN, year=YEAR), Ciel(), Sage(), SageText()
CUSTOMER = line("411000", "12.00", LineRole.CUSTOMER)


def checked(given: Iterable[NumberedClosing], layout: Layout) -> list[Problem]:
    return check_file([it.booked for it in given], layout)


def sale(account: str = "707000", amount: str = "12.00", **more: Any) -> Entry:
    """A sale at slot 1 without VAT."""
    sold = line(account, f"-{amount}", LineRole.SALES, vat_slot=1, vat_rate=Decimal("20.00"))
    return entry(line("411000", amount, LineRole.CUSTOMER), sold, **more)


def with_vat(account: str) -> Entry:
    vat = line(account, "-12.00", LineRole.VAT, vat_slot=2, vat_rate=Decimal("10.00"))
    return entry(CUSTOMER, vat)


def _unfit(problem: Problem) -> str:
    """The one fact that does not fit: "file_journal_too_long" tells it as "journal"."""
    return next(problem.facts[what] for what in ("amount", "journal", "third_party", "account") if what in problem.code)


def owed_by(third_party: str, account: str = "411000") -> Entry:
    owed = line(account, "12.00", LineRole.MEANS, means="COMPTE", third_party=third_party)
    return entry(owed, line("411000", "-12.00", LineRole.CUSTOMER), journal="30")


@pytest.mark.parametrize(
    ("layout", "given", "code", "facts"),
    [
        (CIEL, sale("707000123456"), "account_too_long", {"account": "707000123456", "maximum": "11"}),
        (SAGE, sale("70700012345678"), "account_too_long", {"account": "70700012345678", "maximum": "13"}),
        (TEXT, sale("70700012345678"), "account_too_long", {"account": "70700012345678", "maximum": "13"}),
        (FEC, sale("70 7000"), "account_characters", {"account": "70 7000"}),
        (FEC, sale("707\t000"), "account_characters", {"account": "707\t000"}),
        (CIEL, sale("707é"), "account_characters", {"account": "707é"}),
        (TEXT, sale("707;1"), "account_characters", {"account": "707;1"}),
        (FEC, sale("VENTES"), "account_outside_chart", {"account": "VENTES"}),
        (FEC, sale("70"), "account_outside_chart", {"account": "70"}),
        (SAGE, sale("907000"), "account_outside_chart", {"account": "907000"}),
    ],
)
def test_check_file__names_the_account_and_its_setting(
    layout: Layout, given: Entry, code: str, facts: dict[str, str]
) -> None:
    problems = checked([closing(given)], layout)
    where = {"format": layout.name, "establishment": "PARIS01", "closing": "1042", "setting": "slots/1/sales_account"}
    assert (f"file_{code}", {**where, **facts}) in [(it.code, dict(it.facts)) for it in problems]
    assert all(it.blocking for it in problems)


@pytest.mark.parametrize(
    ("layout", "given", "code", "setting", "found"),
    [
        (CIEL, sale(journal="VTE"), "journal_too_long", "chart/journals/VTE", "VTE"),
        (SAGE, sale(journal="VENTES7"), "journal_too_long", "chart/journals/VENTES7", "VENTES7"),
        (FEC, sale(journal="V T"), "journal_characters", "chart/journals/V T", "V T"),
        (SAGE, owed_by("C" * 18), "third_party_too_long", f"chart/third_parties/{'C' * 18}", "C" * 18),
        (FEC, owed_by("DU PONT"), "third_party_characters", "chart/third_parties/DU PONT", "DU PONT"),
        (CIEL, owed_by("DUPONT-LONG"), "account_too_long", "chart/third_parties/DUPONT-LONG", "411DUPONT-LONG"),
        (CIEL, sale(amount="12345678901.00"), "amount_too_long", "slots/1/sales_account", "12345678901.00"),
        (FEC, sale("799000"), "account_without_name", "chart/accounts/799000", "799000"),
        (CIEL, owed_by("", "512345é"), "account_characters", "means/COMPTE", "512345é"),
    ],
)
def test_check_file__names_what_is_set_wrong(layout: Layout, given: Entry, code: str, setting: str, found: str) -> None:
    problems = checked([closing(given)], layout)
    assert (f"file_{code}", setting, found) in [(it.code, it.facts["setting"], _unfit(it)) for it in problems]


def test_check_file__finds_everything_at_once_and_each_once() -> None:
    given = [closing(sale("VENTES"), sale("707000123456", journal="VTE"), number=number) for number in (1, 2)]
    problems = checked(given, CIEL)
    assert [(it.code, it.facts["closing"]) for it in problems] == [
        ("file_account_outside_chart", "1"),
        ("file_account_without_name", "1"),
        ("file_journal_too_long", "1"),
        ("file_account_too_long", "1"),
    ]


def test_check_file__each_establishment_has_settings_of_its_own() -> None:
    given = [closing(sale("VENTES"), establishment=code) for code in ("PARIS01", "PARIS02")]
    outside = [it for it in checked(given, SAGE) if it.code == "file_account_outside_chart"]
    assert [it.facts["establishment"] for it in outside] == ["PARIS01", "PARIS02"]


def test_check_file__a_document_number_must_fit() -> None:
    (problem,) = checked([closing(sale(), number=123_456_789_012)], CIEL)
    assert problem.code == "file_document_too_long"
    assert (problem.facts["document"], problem.facts["maximum"]) == ("Z123456789012", "12")


def test_check_file__ciel_counts_to_99999() -> None:
    one = closing(sale())
    full = replace(one, booked=replace(one.booked, entries=one.booked.entries * 99_999))
    assert checked([full], CIEL) == []
    (problem,) = checked([full, closing(sale(), number=1043), closing(sale(), number=1044)], CIEL)
    assert (problem.code, problem.facts["closing"]) == ("file_too_many_entries", "1043")


def test_check_file__vat_on_another_account_is_told_but_written() -> None:
    content, made_file = made([closing(with_vat("445600"))], FEC)
    (problem,) = made_file.problems
    assert (problem.code, problem.blocking) == ("file_vat_account_not_collected", False)
    assert (problem.facts["setting"], problem.facts["account"]) == ("slots/2/vat_account", "445600")
    assert content and made_file.sheet
    assert checked([closing(with_vat("445711"))], FEC) == []


def test_chart__names_and_codes_mend_what_does_not_fit() -> None:
    chart = Chart(
        accounts={"799000": "Transferts"},
        journals={"VENTES7": FileJournal(code="VE")},
        third_parties={"DUPONT-LONG": FileThirdParty(code="DUPONT", account="411DUP")},
    )
    owed = owed_by("DUPONT-LONG")
    content, made_file = made([closing(sale("799000", journal="VENTES7"), owed)], Ciel(chart=chart))
    assert made_file.problems == ()
    assert [row[35:46].strip() for row in content.decode().splitlines()] == ["411000", "799000", "411DUP", "411000"]
    assert b"VE2026" in content and b"Transferts" in content


def test_fec__the_siren_has_nine_digits_even_in_an_empty_file() -> None:
    (problem,) = checked([], Fec(siren="12345678X", year=YEAR))
    assert (problem.code, problem.facts["siren"]) == ("file_siren_invalid", "12345678X")


def test_fec__never_holds_two_companies() -> None:
    (problem,) = checked([closing(sale()), closing(sale(), siren="987654321")], FEC)
    assert (problem.code, problem.facts["other"]) == ("file_of_two_companies", "987654321")


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_fec__holds_one_fiscal_year(day: date) -> None:
    inside = [closing(sale(day=day)) for day in (YEAR.first, YEAR.last)]
    assert checked(inside, FEC) == []
    (problem,) = checked([*inside, closing(sale(day=day)), closing(sale(day=day), number=1043)], FEC)
    assert (problem.code, problem.facts["date"]) == ("file_outside_fiscal_year", day.isoformat())
    assert (problem.facts["first"], problem.facts["last"]) == ("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("day", "last_month", "year"),
    [
        (date(2026, 3, 14), 12, (date(2026, 1, 1), date(2026, 12, 31))),
        (date(2026, 3, 14), 2, (date(2026, 3, 1), date(2027, 2, 28))),
        (date(2026, 3, 14), 3, (date(2025, 4, 1), date(2026, 3, 31))),
        (date(2027, 12, 1), 2, (date(2027, 3, 1), date(2028, 2, 29))),
    ],
)
def test_fiscal_year__holding_a_day(day: date, last_month: int, year: tuple[date, date]) -> None:
    holding = FiscalYear.holding(day, last_month=last_month)
    assert (holding.first, holding.last) == year
    assert day in holding


def test_make_file__writes_nothing_when_something_does_not_fit() -> None:
    pieces: list[bytes] = []
    made_file = make_file([closing(sale()), closing(sale("VENTES"))], FEC, pieces.append)
    assert pieces == []
    assert (made_file.name, made_file.sheet) == ("", None)
    assert {it.code for it in made_file.problems} == {"file_account_outside_chart", "file_account_without_name"}


def test_make_file__writes_piece_by_piece() -> None:
    pieces: list[bytes] = []
    make_file([closing(sale(), number=1)], SAGE, pieces.append)
    assert [piece.count(b"#MECG\r\n") for piece in pieces] == [0, 2, 0]


def test_make_file__without_closings_is_an_empty_file() -> None:
    for layout, content, name in (
        (CIEL, b"", "XIMPORT.TXT"),
        (SAGE, b"#FLG 000\r\n#VER 31\r\n#DEV EUR\r\n#FIN\r\n", "SAGE100.txt"),
    ):
        written, made_file = made([], layout)
        assert (written, made_file.name) == (content, name)
        assert made_file.sheet is not None and made_file.sheet.closings == made_file.sheet.lines == 0


def test_fec__needs_numbers_in_their_order() -> None:
    first = closing(sale())
    with pytest.raises(AssertionError, match="after a later one"):
        made([first, first], FEC)


def test_sage_text__follows_another_layout() -> None:
    columns = (SageColumn.DATE, SageColumn.JOURNAL, SageColumn.ACCOUNT, SageColumn.CREDIT, SageColumn.DEBIT)
    content, _ = made([closing(sale(journal="VE"))], SageText(columns=columns, headings=False))
    assert content == b"140326;VE;411000;;12,00\r\n140326;VE;707000;12,00;\r\n"


def test_sage_text__refuses_a_layout_without_amounts() -> None:
    with pytest.raises(ValueError, match="Montant credit"):
        SageText(columns=(SageColumn.DATE, SageColumn.JOURNAL, SageColumn.ACCOUNT, SageColumn.DEBIT))


def test_label__falls_back_on_the_document() -> None:
    content, _ = made([closing(sale(label="\t🍕"))], TEXT)
    assert content.decode("cp1252").splitlines()[1].split(";")[5] == "Z1042"


@pytest.mark.parametrize(
    ("role", "more", "amount", "setting"),
    [
        (LineRole.CUSTOMER, {}, "-12.00", "customer_account"),
        (LineRole.MEANS, {"means": "CB"}, "-12.00", "means/CB"),
        (LineRole.RECEIPT, {}, "-12.00", "receipt_accounts"),
        (LineRole.MOVEMENT, {}, "-12.00", "movement_accounts"),
        (LineRole.SUSPENSE, {}, "12.00", "suspense_account"),
        (LineRole.DIFFERENCE, {}, "12.00", "shortage_account"),
        (LineRole.DIFFERENCE, {}, "-12.00", "surplus_account"),
        (LineRole.JOURNAL, {}, "-12.00", "journal_accounts/30"),
    ],
)
def test_check_file__knows_where_each_kind_of_line_is_set(
    role: LineRole, more: dict[str, str], amount: str, setting: str
) -> None:
    wrong = line("X", amount, role, **more)
    other = line("411000", str(-Decimal(amount)))
    given = Entry(kind=EntryKind.RECEIPTS, journal="30", date=date(2026, 3, 14), label="Z", lines=(other, wrong))
    assert setting in [it.facts["setting"] for it in checked([closing(given)], FEC)]
