"""Options of a choice are made at once, and are those that Django's own templates make."""

from html.parser import HTMLParser

import pytest
from django.forms import RadioSelect, Select
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

CHOICES = [
    ("", "---------"),
    (20, "Vingt"),
    ("a&b", '<b> "é"'),
    ("safe", mark_safe("<i>&eacute;</i>")),
    (gettext_lazy("Yes"), gettext_lazy("No")),
    ("Groupe <1>", [("x", "Six"), ("y'", "Sept")]),
]


class SomeClosed(Select):
    """With an option nobody may choose."""

    def create_option(self, name, value, *arguments, **options):  # type: ignore[no-untyped-def]
        option = super().create_option(name, value, *arguments, **options)
        option["attrs"] |= {"disabled": value == "x", "data-kind": "a&b"}
        return option


class Parts(HTMLParser):
    """What a browser finds in a piece of HTML: tags with what they say of themselves in any order, and texts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.found += [data.strip()] if data.strip() else []

    def handle_entityref(self, name: str) -> None:
        self.found.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.found.append(f"&#{name};")


@pytest.mark.parametrize("widget", [Select, SomeClosed])
@pytest.mark.parametrize("value", ["", 20, "a&b", "y'", "nothing"])
def test_options__are_djangos_own(widget: type[Select], value: object) -> None:
    chosen = widget(attrs={"class": "wide", "required": True}, choices=CHOICES)
    ours = Parts(chosen.render("account", value)).found
    assert ours == Parts(chosen.render("account", value, renderer=DjangoTemplates())).found
    assert ours.count("/option") == 7


def test_select_of_the_frame__holds_the_same_options() -> None:
    plain = Parts(Select(choices=CHOICES).render("account", "x")).found
    framed = Parts(UnfoldAdminSelectWidget(choices=CHOICES).render("account", "x")).found
    begin = framed.index(plain[1])
    assert framed[begin : begin + len(plain) - 1] == plain[1:]


@pytest.mark.parametrize("widget", [RadioSelect, UnfoldAdminRadioSelectWidget])
def test_other_choices__keep_templates_of_their_own(widget: type[RadioSelect]) -> None:
    assert widget(choices=CHOICES).render("account", "x").count('type="radio"') == 7
