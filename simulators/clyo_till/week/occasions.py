"""What does not happen every day: the tickets and drawer movements that make a closing hard to book."""

from dataclasses import dataclass
from decimal import Decimal

from . import menu
from .menu import Article
from .ticket import (
    CARD,
    CASH,
    CHEQUE,
    CREDIT_SLIP,
    DEPOSIT_USED,
    GIFT_CARD,
    OFFERED,
    ON_ACCOUNT,
    Means,
    Payment,
    Receipt,
    Ticket,
    price_of,
)

DUPONT = "0000010"
BUSINESS_LUNCH = (*menu.LUNCH_DISHES[:2] * 2, *menu.COFFEES[:1] * 4, *menu.LUNCH_WINES[:1] * 2)
BIRTHDAY_DINNER = (*menu.DINNER_DISHES[:4] * 2, *menu.DINNER_WINES[:1] * 2, *menu.DESSERTS[:3] * 2)
SMALL_DINNER = (*menu.DINNER_DISHES[:2], *menu.DINNER_WINES[1:2], *menu.DESSERTS[:1] * 2)


@dataclass(frozen=True, slots=True)
class Movement:
    """Cash put into the drawer (+) or taken out of it (-) without a sale."""

    kind: str
    amount: Decimal
    label: str


BREAD = Movement("expense", Decimal("-11.00"), "Pain")
CHANGE_FROM_BANK = Movement("float_in", Decimal("200.00"), "Apport de monnaie")
TAKEN_TO_BANK = Movement("bank_deposit", Decimal("-300.00"), "Remise en banque")
OWNER_DRAWS = Movement("withdrawal", Decimal("-40.00"), "Prélèvement exploitant")


def on_account() -> Ticket:
    """DUPONT's business lunch, paid later."""
    return Ticket(BUSINESS_LUNCH, (Payment(ON_ACCOUNT, price_of(BUSINESS_LUNCH), account=DUPONT),))


def settlement() -> Ticket:
    """DUPONT's cheque for that lunch: money, and no sale."""
    due = price_of(BUSINESS_LUNCH)
    return Ticket(
        payments=(Payment(CHEQUE, due),),
        receipts=(Receipt("settlement", due, "Règlement de compte client", account=DUPONT),),
    )


def deposit(amount: str, means: Means = CARD) -> Ticket:
    """Arrhes for a table booked ahead; no VAT is due on them."""
    paid = Decimal(amount)
    return Ticket(payments=(Payment(means, paid),), receipts=(Receipt("deposit", paid, "Arrhes reçues"),))


def gift_card_sold(amount: str) -> Ticket:
    """A gift card good for anything: VAT comes when it is used."""
    paid = Decimal(amount)
    return Ticket(payments=(Payment(CARD, paid),), receipts=(Receipt("voucher", paid, "Carte cadeau vendue"),))


def part_paid(articles: tuple[Article, ...], means: Means, amount: str) -> Ticket:
    """A meal paid in part with money taken before, the rest by card."""
    part = Decimal(amount)
    return Ticket(articles, (Payment(means, part), Payment(CARD, price_of(articles) - part)))


def deposit_used(amount: str) -> Ticket:
    """The booked dinner takes place."""
    return part_paid(BIRTHDAY_DINNER, DEPOSIT_USED, amount)


def gift_card_used(amount: str) -> Ticket:
    """A dinner for two, most of it on the gift card."""
    return part_paid(SMALL_DINNER, GIFT_CARD, amount)


def credit_slip_used() -> Ticket:
    """The guest who got a slip for a croque-monsieur comes back for dinner."""
    return part_paid(SMALL_DINNER, CREDIT_SLIP, str(CROQUE.price))


def refund(articles: tuple[Article, ...], means: Means) -> Ticket:
    """Articles given back; a slip instead of money is a negative payment by slip."""
    return Ticket(articles, (Payment(means, -price_of(articles)),), refund=True)


def offered(articles: tuple[Article, ...], given: tuple[Article, ...], means: Means = CARD) -> Ticket:
    """A meal of which the house offers something."""
    house = Payment(OFFERED, price_of(given), articles=given)
    return Ticket((*articles, *given), (Payment(means, price_of(articles)), house))


CROQUE = menu.LUNCH_DISHES[2]


def slip_for_a_croque() -> Ticket:
    """It came cold: the guest takes a slip."""
    return refund((CROQUE,), CREDIT_SLIP)


def sunday_refund() -> Ticket:
    """A bottle that had corked, refunded in cash."""
    return refund((menu.DINNER_WINES[0],), CASH)
