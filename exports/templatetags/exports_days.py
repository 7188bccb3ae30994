"""`{% load exports_days %}`: days in words."""

from datetime import date

from django import template

from exports.words.days import in_words

register = template.Library()


@register.filter
def day_in_words(day: date) -> str:
    """Sunday 1 November 2026; dimanche 1er novembre 2026."""
    return in_words(day)


@register.filter
def day_of_year(day: date) -> str:
    """The same without the year."""
    return in_words(day, year=False)
