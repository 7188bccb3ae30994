"""How people read amounts."""

from decimal import Decimal

from exact.wording import in_currency
from ledger.money import BOOKS

__all__ = ["euros", "in_currency"]


def euros(amount: Decimal) -> str:
    """1 234,56 € in French, 1,234.56 € in English. For amounts in the books, which are kept in euro."""
    return in_currency(amount, BOOKS)
