"""A reader of the FEC that follows art. A47 A-1 LPF, as the specification tells it."""

import re
from collections.abc import Iterable

from tests.ledger.files.readers.line import ReadLine, check_lines, comma_amount, long_date, physical_lines

NAME = re.compile(r"\d{9}FEC\d{8}\.txt")
HEADINGS = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]
MAY_BE_BLANK = {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
EMPTY_HERE = {"EcritureLet", "DateLet", "Montantdevise", "Idevise"}


def read_fec(content: bytes, *, draft: bool = False) -> list[ReadLine]:
    head, *rest = physical_lines(content, "iso8859_15")
    assert head.split("\t") == HEADINGS
    rows = [dict(zip(HEADINGS, _cells(line), strict=True)) for line in rest]
    for row in rows:
        _check_row(row, may_be_blank=MAY_BE_BLANK | ({"ValidDate"} if draft else set()))
    _check_sequences(row["EcritureNum"] for row in rows)
    return check_lines([_line(row) for row in rows])


def _cells(line: str) -> list[str]:
    cells = line.split("\t")
    assert len(cells) == 18, f"{len(cells)} columns"
    return cells


def _check_row(row: dict[str, str], *, may_be_blank: set[str]) -> None:
    for name, value in row.items():
        assert value == value.strip()
        assert value or name in may_be_blank, f"{name} is blank"
        assert "|" not in value
        if name.endswith("Date") and value:
            long_date(value)
    assert not any(row[name] for name in EMPTY_HERE)
    assert row["CompteNum"][:3].isdigit() and row["CompteNum"][0] in "12345678"
    assert bool(row["CompAuxNum"]) == bool(row["CompAuxLib"])


def _check_sequences(numbers: Iterable[str]) -> None:
    """Per journal each number is the one before, or the next."""
    reached: dict[str, int] = {}
    for number in numbers:
        journal, sequence = number[:-6], int(number[-6:])
        before = reached.get(journal)
        assert before is None or sequence in (before, before + 1), f"{number} follows {before}"
        reached[journal] = sequence


def _line(row: dict[str, str]) -> ReadLine:
    return ReadLine(
        journal=row["JournalCode"],
        entry=row["EcritureNum"],
        day=long_date(row["EcritureDate"]),
        document=row["PieceRef"],
        account=row["CompteNum"],
        third_party=row["CompAuxNum"],
        label=row["EcritureLib"],
        debit=comma_amount(row["Debit"]),
        credit=comma_amount(row["Credit"]),
    )
