"""`{% load exports_amounts %}`: amounts as people write them."""

from decimal import Decimal

from django import template

from exports.words.money import euros as in_euros

register = template.Library()


@register.filter
def euros(amount: Decimal) -> str:
    """1 234,56 € in French."""
    return in_euros(amount)
