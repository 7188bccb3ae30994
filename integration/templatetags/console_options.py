"""The options of a choice, made at once.

Django renders two templates for each option, and a list of closings has two hundred in its filters: they were more than
half of what the page took.
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms.renderers import get_default_renderer
from django.forms.utils import flatatt
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

PLAIN = "django/forms/widgets/select_option.html"


@register.filter
def options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """The `<option>`s of a select widget's `optgroups`, each group that has a name in an `<optgroup>`."""
    return mark_safe("".join(_write_group(name, choices) for name, choices, _place in groups))  # noqa: S308 (each is)


def _write_group(name: str | None, choices: list[dict[str, Any]]) -> str:
    written = "".join(map(_write_option, choices))
    return f'<optgroup label="{conditional_escape(name)}">{written}</optgroup>' if name else written


def _write_option(option: dict[str, Any]) -> str:
    if option["template_name"] != PLAIN:
        return get_default_renderer().render(option["template_name"], {"widget": option})
    value, label = conditional_escape(str(option["value"])), conditional_escape(option["label"])
    return f'<option value="{value}"{flatatt(option["attrs"]) if option["attrs"] else ""}>{label}</option>'
