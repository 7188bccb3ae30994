"""How people read amounts."""

from decimal import Decimal

from django.utils.formats import number_format


def euros(amount: Decimal) -> str:
    """1 234,56 € in French, 1,234.56 € in English."""
    return f"{number_format(amount, decimal_pos=2, force_grouping=True)}\N{NO-BREAK SPACE}€"
