"""VAT by code (rules 5.1): what the amount of a line means, and which part of it is VAT."""

from dataclasses import dataclass
from decimal import Decimal

from .company import VatCode
from .money import share

WITHOUT_VAT = ("B", "N")


@dataclass(frozen=True, slots=True)
class Split:
    """A line's amount taken apart, in cents."""

    net: int
    vat: int


def split(code: VatCode | None, percentage: Decimal, amount: int, given_vat: int | None, *, holds_vat: bool) -> Split:
    """Net and VAT of a line. `given_vat` replaces the computed amount, as `VATAmountFC` does.

    Types B and N have no VAT. Of the others VAT comes on top of the amount, unless the amount `holds_vat`.
    300.00 at 5.5 % excluding gives 300.00 + 16.50; 316.50 including gives the same.
    """
    if code is None or code.type in WITHOUT_VAT:
        return Split(amount, 0)
    if holds_vat:
        vat = given_vat if given_vat is not None else share(amount, percentage / (1 + percentage))
        return Split(amount - vat, vat)
    return Split(amount, given_vat if given_vat is not None else share(amount, percentage))


@dataclass(frozen=True, slots=True)
class VatSide:
    """Where VAT of a code goes: its account, and how the lines are marked (`Line.VATType` of the enums)."""

    gl_account: str | None
    base_type: str
    vat_type: str


def side(code: VatCode, *, sale: bool, credit: bool) -> VatSide:
    """To pay for a sale, to claim for a purchase; `credit` for the opposite sign of either."""
    if code.type == "N":
        return VatSide(None, "S", "S")
    if sale:
        return VatSide(code.gl_to_pay, *(("X", "Z") if credit else ("V", "A")))
    return VatSide(code.gl_to_claim, *(("W", "Q") if credit else ("I", "O")))
