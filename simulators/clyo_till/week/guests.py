"""Who comes in on an ordinary day: what a table takes and how it pays."""

from decimal import Decimal

from . import menu
from .dice import Dice
from .menu import Article
from .ticket import (
    CARD,
    CASH,
    CHEQUE,
    EDENRED,
    PLATFORM,
    SWILE,
    Means,
    Payment,
    Receipt,
    Ticket,
    price_of,
)

# What the law lets a guest spend in meal vouchers on one day.
VOUCHER_LIMIT = Decimal("25.00")
LUNCH_PAYERS: tuple[tuple[Means, int], ...] = (
    (CARD, 48),
    (CASH, 16),
    (SWILE, 14),
    (EDENRED, 12),
    (PLATFORM, 7),
    (CHEQUE, 3),
)
DINNER_PAYERS: tuple[tuple[Means, int], ...] = (
    (CARD, 70),
    (CASH, 13),
    (SWILE, 4),
    (EDENRED, 4),
    (PLATFORM, 5),
    (CHEQUE, 4),
)


def lunch_ticket(dice: Dice) -> Ticket:
    """One to three people at noon, quickly done."""
    articles = [article for _ in range(dice.between(1, 3)) for article in _lunch(dice)]
    return _paid(dice, (*articles, *_from_the_counter(dice)), dice.weighted(LUNCH_PAYERS))


def dinner_ticket(dice: Dice) -> Ticket:
    """Two to five people in the evening, with wine."""
    articles = [article for _ in range(dice.between(2, 5)) for article in _dinner(dice)]
    return _paid(dice, (*articles, *_from_the_counter(dice)), dice.weighted(DINNER_PAYERS))


def _lunch(dice: Dice) -> list[Article]:
    taken = [dice.pick(menu.LUNCH_DISHES)]
    if dice.chance(0.35):
        taken.append(dice.pick(menu.LUNCH_WINES))
    if dice.chance(0.3):
        taken.append(dice.pick(menu.SOFT_DRINKS))
    if dice.chance(0.6):
        taken.append(dice.pick(menu.COFFEES))
    return taken


def _dinner(dice: Dice) -> list[Article]:
    taken = [dice.pick(menu.DINNER_DISHES)]
    if dice.chance(0.5):
        taken.append(dice.pick(menu.STARTERS))
    if dice.chance(0.55):
        taken.append(dice.pick(menu.DESSERTS))
    if dice.chance(0.6):
        taken.append(dice.pick(menu.DINNER_WINES))
    if dice.chance(0.4):
        taken.append(dice.pick(menu.COFFEES))
    return taken


def _from_the_counter(dice: Dice) -> list[Article]:
    """What some take along when they pay: a jar of rillettes is sold in a jar that comes back."""
    taken = []
    if dice.chance(0.12):
        taken.append(dice.pick(menu.GROCERIES))
    if dice.chance(0.1):
        taken.append(dice.pick(menu.NEWSPAPERS))
    if any(article.name == "rillettes en bocal" for article in taken):
        taken.append(menu.RETURNABLES[0])
    return taken


def _paid(dice: Dice, articles: tuple[Article, ...], means: Means) -> Ticket:
    due = price_of(articles)
    if means in (SWILE, EDENRED) and due > VOUCHER_LIMIT:
        return Ticket(articles, (Payment(means, VOUCHER_LIMIT), Payment(CARD, due - VOUCHER_LIMIT)))
    if means in (CARD, CASH) and dice.chance(0.08):
        tip = Decimal(dice.between(1, 5))
        return Ticket(articles, (Payment(means, due + tip),), (Receipt("tip", tip, "Pourboires"),))
    return Ticket(articles, (Payment(means, due),))
