"""`{% load exact_web %}`: entries' numbers as links into Exact Online."""

from django import template
from django.utils.safestring import SafeString

from exact.models import Posting
from exact.web import links

register = template.Library()


@register.filter
def entry_link(posting: Posting) -> SafeString:
    """An entry's number, as a link."""
    return links.entry_link(posting)
