"""An entry (écriture): lines whose debits equal their credits, knowing nothing of who will receive it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from ledger.money import ZERO, cents, money_text, percent, total


class LineRole(StrEnum):
    """Why a line is there: a target that books some lines by itself leaves those out."""

    CUSTOMER = "customer"  # the walk-in customer, in both kinds of entry
    SALES = "sales"
    VAT = "vat"
    MEANS = "means"  # the account a means of payment is cleared through, or a named customer's debt
    RECEIPT = "receipt"  # a tip, deposit, voucher, settlement or rounding
    MOVEMENT = "movement"  # cash in or out of the drawer, and what is taken to the bank
    SUSPENSE = "suspense"  # what was paid beyond what was sold and taken, until somebody explains it
    DIFFERENCE = "difference"  # counted cash against expected cash
    DRAWER = "drawer"  # the account that cash is cleared through, when it is not the journal's own
    JOURNAL = "journal"  # the journal's own account, the other side of a cash or bank entry


class EntryKind(StrEnum):
    """A closing gives at most one sales entry, and one receipts entry per journal."""

    SALES = "sales"
    RECEIPTS = "receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: 325.00 is a debit, -325.00 a credit; a line of 0.00 does not exist.

    ``label`` is the till's own word for the line ("Espèces", "Pain", "CUISINE"), or empty where the till
    has none; nothing is composed or translated here. ``means`` is the till's code of a means of payment.
    On a sales line ``vat`` is the VAT that belongs to it, with the sign of a credit: -1000.00 and -100.00.
    """

    account: str
    amount: Decimal
    role: LineRole
    label: str = ""
    third_party: str = ""
    vat_code: str = ""
    vat_slot: int | None = None
    vat_rate: Decimal | None = None
    vat: Decimal | None = None
    means: str = ""

    def __post_init__(self) -> None:
        assert self.account, "a line needs an account"
        assert cents(self.amount), "a line of 0.00 does not exist"

    @property
    def debit(self) -> Decimal:
        """The amount if it is a debit, else 0.00."""
        return self.amount if self.amount > ZERO else ZERO

    @property
    def credit(self) -> Decimal:
        """The amount without its sign if it is a credit, else 0.00."""
        return -self.amount if self.amount < ZERO else ZERO

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-ready dict, money as text, that ``from_document`` reads back to an equal line."""
        return {
            "account": self.account,
            "amount": money_text(self.amount),
            "role": self.role.value,
            "label": self.label,
            "third_party": self.third_party,
            "vat_code": self.vat_code,
            "vat_slot": self.vat_slot,
            "vat_rate": None if self.vat_rate is None else money_text(self.vat_rate),
            "vat": None if self.vat is None else money_text(self.vat),
            "means": self.means,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read back what ``to_document`` wrote."""
        rate, vat = document["vat_rate"], document["vat"]
        return cls(
            account=document["account"],
            amount=cents(document["amount"]),
            role=LineRole(document["role"]),
            label=document["label"],
            third_party=document["third_party"],
            vat_code=document["vat_code"],
            vat_slot=document["vat_slot"],
            vat_rate=None if rate is None else percent(rate),
            vat=None if vat is None else cents(vat),
            means=document["means"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One balanced document of one journal: 411000 +1400.00, 707000 -1250.00, 445710 -150.00.

    ``third_party`` is the walk-in customer the entry is addressed to: a sales document needs one even on a
    day when sales and refunds cancel out and no customer line is left.
    """

    kind: EntryKind
    journal: str
    date: date
    label: str
    lines: tuple[Line, ...]
    third_party: str = ""

    def __post_init__(self) -> None:
        assert self.lines, "an entry needs lines"
        assert total([line.amount for line in self.lines]) == ZERO, "debits and credits differ"

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-ready dict, money as text, that ``from_document`` reads back to an equal entry."""
        return {
            "kind": self.kind.value,
            "journal": self.journal,
            "date": self.date.isoformat(),
            "label": self.label,
            "third_party": self.third_party,
            "lines": [line.to_document() for line in self.lines],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read back what ``to_document`` wrote; an entry that no longer balances is refused."""
        return cls(
            kind=EntryKind(document["kind"]),
            journal=document["journal"],
            date=date.fromisoformat(document["date"]),
            label=document["label"],
            third_party=document["third_party"],
            lines=tuple(Line.from_document(line) for line in document["lines"]),
        )
