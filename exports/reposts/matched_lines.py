"""Two versions of an entry compared line by line: the booked one, and the one that would replace it.

Both are given as values; nothing is read here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Mark(StrEnum):
    """What becomes of a line: it stays as it is, is booked otherwise, goes, or comes."""

    SAME = "same"
    OTHER_ACCOUNT = "other_account"
    OTHER_AMOUNT = "other_amount"
    OTHER_VAT_CODE = "other_vat_code"
    GOES = "goes"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedLine:
    """A line on either side: 325.00 is a debit, -325.00 a credit.

    `vat`: a line of VAT. Exact chooses its account by the VAT code, so of those only amount and code are compared.
    """

    account: str
    amount: Decimal
    label: str = ""
    vat_code: str = ""
    vat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A booked line and the one that replaces it; None where one side has no such line."""

    held: BookedLine | None
    meant: BookedLine | None

    @property
    def mark(self) -> Mark:
        """The gravest thing that differs."""
        if self.meant is None:
            return Mark.GOES
        if self.held is None:
            return Mark.NEW
        if not _have_one_account(self.held, self.meant):
            return Mark.OTHER_ACCOUNT
        if self.held.amount != self.meant.amount:
            return Mark.OTHER_AMOUNT
        return Mark.SAME if _have_one_code(self.held, self.meant) else Mark.OTHER_VAT_CODE


def match(held: Sequence[BookedLine], meant: Sequence[BookedLine]) -> list[Pair]:
    """Pair the lines of two entries, each once: in the order of the new entry, then the lines that it has not.

    Equal lines are paired first, then those that differ in one thing: 707010 -1000.00 against 707100 -1000.00.
    """
    left, partners = [*held], dict[int, BookedLine]()
    for fits in _ROUNDS:
        for place, line in enumerate(meant):
            partner = next((it for it in left if place not in partners and fits(it, line)), None)
            if partner is not None:
                partners[place] = partner
                left.remove(partner)
    pairs = [Pair(held=partners.get(place), meant=line) for place, line in enumerate(meant)]
    return [*pairs, *(Pair(held=it, meant=None) for it in left)]


def _have_one_account(held: BookedLine, meant: BookedLine) -> bool:
    return held.account == meant.account or (held.vat and meant.vat)


def _have_one_code(held: BookedLine, meant: BookedLine) -> bool:
    """Exact shows no code on some lines: nothing is said of those."""
    return not held.vat_code or not meant.vat_code or held.vat_code == meant.vat_code


def _are_the_same(held: BookedLine, meant: BookedLine) -> bool:
    return (
        _have_one_account(held, meant)
        and held.amount == meant.amount
        and _have_one_code(held, meant)
        and meant.label in held.label
    )


def _have_account_and_amount(held: BookedLine, meant: BookedLine) -> bool:
    return _have_one_account(held, meant) and held.amount == meant.amount


def _have_label_and_amount(held: BookedLine, meant: BookedLine) -> bool:
    return held.amount == meant.amount and held.vat == meant.vat and bool(meant.label) and meant.label in held.label


def _have_amount(held: BookedLine, meant: BookedLine) -> bool:
    return held.amount == meant.amount and held.vat == meant.vat


_ROUNDS: tuple[Callable[[BookedLine, BookedLine], bool], ...] = (
    _are_the_same,
    _have_account_and_amount,
    _have_label_and_amount,
    _have_amount,
    _have_one_account,
)
