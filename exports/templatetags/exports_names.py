"""`{% load exports_names %}`: what people call closings of which only the number is at hand."""

from django import template

from exports.models.called import call_number

register = template.Library()
register.filter("z", call_number)
