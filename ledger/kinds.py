"""The kinds of which a closing's lines are: one row each, with where money of that kind usually goes.

The numbers are the usual ones of the French chart of accounts (PCG), written without the zeros that fill them up. Which
sub-account it is, is each accountant's choice: whoever makes a booking plan may replace any of them.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Self

ACCOUNT_WIDTH = 6


class Unnamed(Enum):
    """Where money goes for which a plan names no account."""

    JOURNAL = auto()
    """It stays on the journal's own account, as cash does."""
    CUSTOMER = auto()
    """On the customer account, with the third party who owes or settles it."""
    DIFFERENCE = auto()
    """On the account of shortages or of surpluses."""
    NOWHERE = auto()
    """Nobody can know: the closing is held until a person says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Where money of a kind goes until somebody says another account: cards to 5115, which is 511500 in full.

    ``number`` is the account's number without the zeros that fill it up, "" where the kind has no account of its own.
    ``owed_by_somebody``: a third party owes what was paid that way, so a plan may name one.
    """

    number: str = ""
    unnamed: Unnamed = Unnamed.NOWHERE
    owed_by_somebody: bool = False

    @property
    def account(self) -> str:
        """The account's number in full, "" for none: 511500."""
        return full_number(self.number)


def full_number(number: str) -> str:
    """Return an account's number filled up as most French companies write it: 5115 is 511500, "" stays ""."""
    return number.ljust(ACCOUNT_WIDTH, "0") if number else ""


USUALLY_NOWHERE = Usual()


class _Kind(StrEnum):
    """A word of the till's documents, and where money of that kind usually goes."""

    _value_: str
    usual: Usual

    def __new__(cls, word: str, usual: Usual = USUALLY_NOWHERE) -> Self:
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.usual = usual
        return kind


class PaymentKind(_Kind):
    """How something was paid.

    A further kind is one row here and its label in `booking.kind_words`, which mypy asks for.
    """

    CASH = "cash", Usual(unnamed=Unnamed.JOURNAL)
    # To be collected; usual, though not in the PCG.
    CARD = "card", Usual(number="5115", unnamed=Unnamed.JOURNAL)
    # PCG 5112, cheques to be banked.
    CHEQUE = "cheque", Usual(number="5112", unnamed=Unnamed.JOURNAL)
    # Better one account for each issuer, by means.
    MEAL_VOUCHER = "meal_voucher", Usual(number="5118", unnamed=Unnamed.JOURNAL)
    # What was owed since the card was sold.
    GIFT_CARD = "gift_card", Usual(number="4675", unnamed=Unnamed.JOURNAL)
    # PCG 4198, slips issued (-) and used (+).
    CREDIT_NOTE = "credit_note", Usual(number="4198", unnamed=Unnamed.JOURNAL)
    ON_ACCOUNT = "on_account", Usual(unnamed=Unnamed.CUSTOMER, owed_by_somebody=True)
    # PCG 4191.
    DEPOSIT_USED = "deposit_used", Usual(number="4191", unnamed=Unnamed.JOURNAL)
    # Not 512, which the bank's own statement books, nor 580, which is for one's own transfers.
    TRANSFER = "transfer", Usual(number="511", unnamed=Unnamed.JOURNAL)
    # The platform owes it; its commission comes later.
    PLATFORM = "platform", Usual(number="467", unnamed=Unnamed.JOURNAL, owed_by_somebody=True)
    # No payment: somebody must name an account, or the till the sales that were given away.
    OFFERED = "offered", USUALLY_NOWHERE
    # Could be anything.
    OTHER = "other", USUALLY_NOWHERE

    @property
    def is_owed_by_a_customer(self) -> bool:
        """Whether the customer whom the till names owes it: then a third party must be known."""
        return self.usual.unnamed is Unnamed.CUSTOMER


class ReceiptKind(_Kind):
    """Money taken that is no sale."""

    # A tip left freely is the staff's, and outside VAT (CGI 266-1-a).
    TIP = "tip", Usual(number="4261")
    SETTLEMENT = "settlement", Usual(unnamed=Unnamed.CUSTOMER)
    # Arrhes: no VAT.
    DEPOSIT = "deposit", Usual(number="4191")
    # A multi-purpose gift card is a debt, not revenue.
    VOUCHER = "voucher", Usual(number="4675")
    ROUNDING = "rounding", Usual(unnamed=Unnamed.DIFFERENCE)

    @property
    def is_of_a_customer(self) -> bool:
        """Whether the customer whom the till names paid it off: then a third party must be known."""
        return self.usual.unnamed is Unnamed.CUSTOMER


class MovementKind(_Kind):
    """Why cash went into the drawer or out of it without a sale."""

    # PCG 580, internal transfers: the bank's statement books the other side there.
    FLOAT_IN = "float_in", Usual(number="580")
    EXPENSE = "expense", Usual(number="607")
    # The owner's account; 455 in a company.
    WITHDRAWAL = "withdrawal", Usual(number="108")
    BANK_DEPOSIT = "bank_deposit", Usual(number="580")
    # Suspense: a person must look.
    OTHER = "other", Usual(number="471")


class ClosingKind(StrEnum):
    """What a closing covers: the whole establishment (GÉNÉRALE), a station (POSTE), a drawer (CAISSE)."""

    GENERAL = "general"
    STATION = "station"
    DRAWER = "drawer"


class SaleKind(StrEnum):
    """Sales and refunds come on separate lines and stay apart."""

    SALE = "sale"
    REFUND = "refund"
