"""The structure of a FEC (LPF art. A47 A-1, and what the tax office's checker looks at), rule by rule.

| rule | proven by |
|---|---|
| 18 columns, named and ordered, in the first line | `test_head__...`, `readers.fec` on every file that is read |
| tab between fields, none at the end of a line | `test_separators__...` |
| lines end with CRLF, the last one too | `readers.line.physical_lines` |
| ISO 8859-15, no byte-order mark | `test_charset__...` |
| no tab, line break or `|` inside a field | `test_separators__...`, `test_file_properties` with wild labels |
| dates AAAAMMJJ, real days | `readers.line.long_date` |
| amounts with a comma, two decimals, no thousands sign, never negative, both filled | `test_amounts__...` |
| debit or credit, one of them 0,00; no line of nothing | `readers.line.check_lines` |
| fields 1 to 6, 9 to 13 and 16 are never blank; 7 and 8 both or neither | `readers.fec` |
| account: first three characters digits of the French chart | `readers.fec`, refused: `test_check_file__names_...` |
| numbers continuous per journal | `readers.fec`, `test_numbering`, `tests/on_demand/test_to_file` |
| entries in the order of their validation | `test_validation__...` |
| every entry balances and stands together, so the file balances | `readers.line`, `test_journals__...` |
| one account has one name, one journal one name | `test_names__...` |
| one company, one fiscal year | `test_check_file`: `test_fec__never_holds_two_companies`, `..._one_fiscal_year` |
| named SIREN, FEC, last day of the year | `test_name__...`, refused: `test_fec__the_siren_has_nine_digits_...` |
| every closing written out, none lumped together | `test_pieces__...` |
"""

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from ledger.files.fec import Fec
from tests.ledger.files.given import CHART, SIREN, YEAR, closing, entry, line, made, numbered_week
from tests.ledger.files.readers.fec import HEADINGS, NAME, read_fec
from tests.ledger.files.readers.line import ZERO, long_date

FEC = Fec(siren=SIREN, year=YEAR, chart=CHART)
Row = dict[str, str]


@pytest.fixture(scope="module")
def content() -> bytes:
    """The demo's week of two bistros."""
    return made(numbered_week(), FEC)[0]


@pytest.fixture(scope="module")
def rows(content: bytes) -> list[Row]:
    lines = content.decode("iso8859_15").split("\r\n")[1:-1]
    return [dict(zip(HEADINGS, line.split("\t"), strict=True)) for line in lines]


def test_head__names_the_eighteen_columns_in_their_order(content: bytes) -> None:
    assert content.partition(b"\r\n")[0].decode("ascii").split("\t") == HEADINGS
    assert len(HEADINGS) == len(set(HEADINGS)) == 18


def test_separators__are_seventeen_tabs_whatever_a_label_holds() -> None:
    wild = "a\tb|c\r\nd;\u2028e"
    content, _ = made([closing(entry(line("511500", "1.00", label=wild), line("707000", "-1.00")))], FEC)
    assert [line.count("\t") for line in content.decode("iso8859_15").split("\r\n")[:-1]] == [17, 17, 17]
    assert read_fec(content)[0].label.endswith("a b/c d, e")


def test_charset__is_latin_9_without_a_mark(content: bytes) -> None:
    euro, _ = made([closing(entry(line("511500", "1.00", label="Œufs 1 €"), line("707000", "-1.00")))], FEC)
    assert b"\xbcufs 1 \xa4" in euro
    assert "Espèces".encode("iso8859_15") in content
    assert content.startswith(b"JournalCode")


def test_amounts__are_two_decimals_after_a_comma_and_nothing_else(rows: list[Row]) -> None:
    large, _ = made([closing(entry(line("511500", "1234567.80"), line("707000", "-1234567.80")))], FEC)
    assert b"\t1234567,80\t0,00\t" in large
    assert all(re.fullmatch(r"\d+,\d\d", row[side]) for row in rows for side in ("Debit", "Credit"))


def test_validation__is_not_before_the_entry_and_never_goes_back(rows: list[Row]) -> None:
    validated = [long_date(row["ValidDate"]) for row in rows]
    assert validated == sorted(validated)
    assert all(row["EcritureDate"] <= row["ValidDate"] for row in rows)


def test_journals__and_the_whole_file_balance(content: bytes) -> None:
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for read in read_fec(content):
        sums[read.journal] += read.debit - read.credit
    assert sums == dict.fromkeys(("VE", "CA"), ZERO)


@pytest.mark.parametrize(
    ("code", "name"), [("JournalCode", "JournalLib"), ("CompteNum", "CompteLib"), ("CompAuxNum", "CompAuxLib")]
)
def test_names__are_one_per_code(rows: list[Row], code: str, name: str) -> None:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        names[row[code]].add(row[name])
    assert [found for found in names.values() if len(found) != 1] == []


def test_name__is_the_siren_and_the_last_day_of_the_year() -> None:
    name = made(numbered_week(), FEC)[1].name
    assert NAME.fullmatch(name) and name == "123456789FEC20261231.txt"


def test_pieces__are_every_closing_of_the_range(rows: list[Row]) -> None:
    booked = [it.booked for it in numbered_week()]
    assert {row["PieceRef"] for row in rows} == {f"Z-{it.establishment}-{it.number}" for it in booked}
    assert {(row["PieceRef"], row["PieceDate"]) for row in rows} == {
        (f"Z-{it.establishment}-{it.number}", f"{it.business_date:%Y%m%d}") for it in booked
    }
