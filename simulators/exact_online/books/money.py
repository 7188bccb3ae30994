"""Amounts are whole cents inside the books; decimals at the edge; floats never."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: Decimal) -> int:
    """An amount in cents, a half cent away from zero."""
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def share(amount: int, factor: Decimal) -> int:
    """Part of an amount in cents: a VAT percentage, an exchange rate."""
    return int((Decimal(amount) * factor).quantize(Decimal(1), ROUND_HALF_UP))


def text(amount: int) -> str:
    """Cents as people write them: -316.50."""
    return str(Decimal(amount).scaleb(-2).quantize(CENT))
