"""What people call the kinds of a closing's lines. mypy asks for the words of a kind that has none.

Each gives English for `gettext`, which the makers of the catalogue find here.
"""

from typing import assert_never

from django.utils.translation import gettext_noop as N_

from ledger.kinds import MovementKind, PaymentKind, ReceiptKind, Unnamed


def payment_words(kind: PaymentKind) -> str:
    """Return what payments of a kind are called: "Meal vouchers"."""
    match kind:
        case PaymentKind.CASH:
            return N_("Cash payments")
        case PaymentKind.CARD:
            return N_("Card payments")
        case PaymentKind.CHEQUE:
            return N_("Cheques")
        case PaymentKind.MEAL_VOUCHER:
            return N_("Meal vouchers")
        case PaymentKind.GIFT_CARD:
            return N_("Gift cards used")
        case PaymentKind.CREDIT_NOTE:
            return N_("Credit notes used")
        case PaymentKind.ON_ACCOUNT:
            return N_("Sales on account")
        case PaymentKind.DEPOSIT_USED:
            return N_("Deposits used")
        case PaymentKind.TRANSFER:
            return N_("Bank transfers")
        case PaymentKind.PLATFORM:
            return N_("Delivery platforms")
        case PaymentKind.OFFERED:
            return N_("Offered items")
        case PaymentKind.OTHER:
            return N_("Other means of payment")
    assert_never(kind)


def receipt_words(kind: ReceiptKind) -> str:
    """Return what money of a kind that is no sale is called: "Tips"."""
    match kind:
        case ReceiptKind.TIP:
            return N_("Tips")
        case ReceiptKind.SETTLEMENT:
            return N_("Settlements")
        case ReceiptKind.DEPOSIT:
            return N_("Deposits received")
        case ReceiptKind.VOUCHER:
            return N_("Gift cards sold")
        case ReceiptKind.ROUNDING:
            return N_("Rounding")
    assert_never(kind)


def movement_words(kind: MovementKind) -> str:
    """Return what cash that comes and goes without a sale is called: "Cash taken to the bank"."""
    match kind:
        case MovementKind.FLOAT_IN:
            return N_("Cash put into the drawer")
        case MovementKind.EXPENSE:
            return N_("Bought out of the drawer")
        case MovementKind.WITHDRAWAL:
            return N_("Taken by the owner")
        case MovementKind.BANK_DEPOSIT:
            return N_("Cash taken to the bank")
        case MovementKind.OTHER:
            return N_("Other cash movements")
    assert_never(kind)


def without_account(kind: PaymentKind | ReceiptKind) -> str:
    """Return where money of a kind goes for which nobody names an account: "the journal's own account"."""
    match kind.usual.unnamed:
        case Unnamed.JOURNAL:
            return N_("the journal's own account")
        case Unnamed.CUSTOMER:
            return N_("the customer account")
        case Unnamed.DIFFERENCE:
            return N_("shortage or surplus")
        case Unnamed.NOWHERE:
            return N_("none: such closings are held")
    assert_never(kind.usual.unnamed)
