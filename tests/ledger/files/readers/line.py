"""What every reader returns, and the rules that hold in every format."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A line as the receiving package understands it; `entry` groups the lines of an entry where the format does."""

    journal: str
    entry: str
    day: date
    document: str
    account: str
    third_party: str
    label: str
    debit: Decimal
    credit: Decimal


def physical_lines(content: bytes, charset: str) -> list[str]:
    """Split at CRLF; a lone CR or LF, a control character or a byte outside the charset is a fault."""
    text = content.decode(charset)
    assert text == "" or text.endswith("\r\n"), "the last line has no end"
    lines = text.split("\r\n")[:-1]
    for line in lines:
        assert all(char == "\t" or char.isprintable() for char in line), f"a control character in {line!r}"
    return lines


def comma_amount(text: str) -> Decimal:
    whole, comma, cents = text.partition(",")
    assert comma and whole.isdigit() and cents.isdigit() and len(cents) == 2, f"not an amount: {text!r}"
    return Decimal(f"{whole}.{cents}")


def short_date(text: str) -> date:
    """JJMMAA."""
    assert len(text) == 6 and text.isdigit(), f"not a date: {text!r}"
    return date(2000 + int(text[4:]), int(text[2:4]), int(text[:2]))


def long_date(text: str) -> date:
    """AAAAMMJJ."""
    assert len(text) == 8 and text.isdigit(), f"not a date: {text!r}"
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def check_lines(lines: list[ReadLine]) -> list[ReadLine]:
    """Every line has one side, every entry stands together and balances."""
    for line in lines:
        assert line.journal and line.account and line.label.strip() == line.label != ""
        assert (line.debit > ZERO) != (line.credit > ZERO), f"not one side: {line}"
        assert '"' not in line.label
    for entry, group in groupby(lines, key=lambda line: (line.journal, line.entry)):
        members = list(group)
        assert sum(line.debit for line in members) == sum(line.credit for line in members), f"{entry} is unbalanced"
        assert len({line.day for line in members}) == 1
    starts = [key for key, _ in groupby(lines, key=lambda line: (line.journal, line.entry))]
    assert len(starts) == len(set(starts)), "an entry's lines are apart"
    return lines


def balances(lines: Iterable[ReadLine]) -> dict[str, Decimal]:
    """Debit less credit per account, without accounts at zero."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.account] = sums.get(line.account, ZERO) + line.debit - line.credit
    return {account: balance for account, balance in sums.items() if balance}
