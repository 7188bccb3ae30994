"""What a guest gets: articles and how they were paid. VAT is rounded here, once per ticket, and never again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from .menu import RATES, Article, Family

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
WALK_IN = ""


@dataclass(frozen=True, slots=True)
class Means:
    """A means of payment as the till has it set up; one label each, so that it can be found again in the books."""

    code: str
    label: str
    kind: str


CASH = Means("ESP", "Espèces", "cash")
CARD = Means("CB", "Carte bancaire", "card")
CHEQUE = Means("CHQ", "Chèque", "cheque")
SWILE = Means("TR-SWILE", "Titre-restaurant Swile", "meal_voucher")
EDENRED = Means("TR-EDENRED", "Titre-restaurant Edenred", "meal_voucher")
GIFT_CARD = Means("CARTE-CADEAU", "Carte cadeau utilisée", "gift_card")
PLATFORM = Means("UBER", "Uber Eats", "platform")
ON_ACCOUNT = Means("COMPTE", "En compte", "on_account")
DEPOSIT_USED = Means("ARRHES", "Arrhes utilisées", "deposit_used")
CREDIT_SLIP = Means("AVOIR", "Avoir client", "credit_note")
OFFERED = Means("OFFERT", "Offert par la maison", "offered")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net, VAT and gross of one family on one ticket or of many added up."""

    net: Decimal = ZERO
    tax: Decimal = ZERO

    @classmethod
    def of_gross(cls, gross: Decimal, rate: Decimal) -> "Amounts":
        """Take the VAT out of a price: 14.90 at 10 % is 13.55 + 1.35."""
        net = (gross / (1 + rate / 100)).quantize(CENT, ROUND_HALF_UP)
        return cls(net, gross - net)

    @property
    def gross(self) -> Decimal:
        """Net and VAT together, to the cent."""
        return self.net + self.tax

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.net + other.net, self.tax + other.tax)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment on a ticket. `account` names the customer of a sale on account; `articles` is what was offered."""

    means: Means
    amount: Decimal
    account: str = WALK_IN
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money taken that is no sale: a tip, arrhes, a gift card sold, a settled account."""

    kind: str
    amount: Decimal
    label: str
    account: str = WALK_IN


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket; a refund gives its articles back, so all its amounts are negative."""

    articles: tuple[Article, ...] = ()
    payments: tuple[Payment, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    refund: bool = False
    cancelled: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        due = self.turnover + sum((receipt.amount for receipt in self.receipts), ZERO)
        paid = sum((payment.amount for payment in self.payments), ZERO)
        assert due == paid, f"a ticket of {due} was paid with {paid}"

    @property
    def turnover(self) -> Decimal:
        """What was sold (or given back), VAT included."""
        return price_of(self.articles) * (-1 if self.refund else 1)

    def sales(self) -> dict[Family, Amounts]:
        """The ticket per family, its VAT rounded to the cent."""
        sign = -1 if self.refund else 1
        return {family: Amounts(sign * it.net, sign * it.tax) for family, it in split(self.articles).items()}


def price_of(articles: Iterable[Article]) -> Decimal:
    """What the articles cost together, VAT included."""
    return sum((article.price for article in articles), ZERO)


def split(articles: Iterable[Article]) -> dict[Family, Amounts]:
    """Articles per family, with the VAT of each family's sum."""
    gross: dict[Family, Decimal] = {}
    for article in articles:
        gross[article.family] = gross.get(article.family, ZERO) + article.price
    return {family: Amounts.of_gross(amount, RATES[family.slot]) for family, amount in gross.items()}
