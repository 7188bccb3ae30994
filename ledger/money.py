"""Money and VAT rates as decimals with two places, made from text and never from a float."""

import re
from collections.abc import Iterable
from decimal import Decimal

ZERO = Decimal("0.00")
BOOKS = "EUR"  # French books are kept in euro

# How a till writes them, as a pattern: [0-9], for \d is every script's digits in some languages.
MONEY_TEXT = r"^-?[0-9]{1,11}\.[0-9]{2}$"
RATE_TEXT = r"^[0-9]{1,2}\.[0-9]{2}$"

# Twelve digits before the point: what numeric(14, 2) holds, and far below the precision of Decimal.
_TWO_PLACES = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,2})?").fullmatch
_TOO_MUCH = Decimal(10**12)
_RATE_IN_NAME = re.compile(r"(?<![0-9.,])([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*%")


def cents(value: str | Decimal) -> Decimal:
    """Make an amount of money: ``cents("12.5")`` is ``Decimal("12.50")``.

    Raises TypeError for a float or anything else that is neither text nor Decimal, and ValueError for
    ``"12.345"``, ``"1e3"`` or ``"NaN"``: a till that sends more than cents is wrong; rounding would hide it.
    """
    return _two_places(value, "an amount")


def percent(value: str | Decimal) -> Decimal:
    """Make a VAT rate in percent: ``percent("5.5")`` is ``Decimal("5.50")``. Same refusals as ``cents``."""
    return _two_places(value, "a rate")


def rates_named(name: str) -> frozenset[Decimal]:
    """Read the VAT rates that an account's name speaks of: "Ventes 5,5 %" is ``{Decimal("5.50")}``."""
    return frozenset(percent(found.replace(",", ".")) for found in _RATE_IN_NAME.findall(name))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add amounts up; nothing adds up to 0.00."""
    return sum(amounts, ZERO)


def told_in(currency: str, amount: Decimal) -> str:
    """Write an amount as facts have it: ``"1100.00"``, and ``"1100.00 CHF"`` in another currency than the books'."""
    return money_text(amount) if currency == BOOKS else f"{money_text(amount)} {currency}"


def money_text(amount: Decimal) -> str:
    """Write an amount as the till API does: ``Decimal("-11")`` is ``"-11.00"``."""
    return str(amount) if amount.same_quantum(ZERO) else f"{amount:.2f}"  # str is four times as fast


def comma_text(amount: Decimal) -> str:
    """Write an amount as French files do: ``Decimal("-1442.2")`` is ``"-1442,20"``."""
    return money_text(amount).replace(".", ",")


def _two_places(value: str | Decimal, what: str) -> Decimal:
    if isinstance(value, str):
        text = value
    elif isinstance(value, Decimal):
        if value.same_quantum(ZERO) and abs(value) < _TOO_MUCH:
            return value + ZERO  # turns -0.00 into 0.00, here and below
        text = f"{value:f}"
    else:
        raise TypeError(f"{what} is text or Decimal, not {type(value).__name__}")
    if not _TWO_PLACES(text):
        raise ValueError(f"not {what} with at most two decimals: {value!r}")
    return Decimal(text) + ZERO  # gives two places to any of fewer
