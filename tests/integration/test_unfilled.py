"""The watch over empty places itself: it sees them in sentences and beside them, and writes nothing for them."""

from typing import Any

from django.template import Context, engines

from tests.unfilled import watching

TEXT = """{% load i18n %}{{ shop.name }}{% if nobody %}x{% endif %}{{ till }}
{% blocktranslate %}Hello {{ person }}{% endblocktranslate %}
{% blocktranslate with a=shop.code %}{{ a }}{% endblocktranslate %}"""


def test_watching__notes_what_is_not_there() -> None:
    template: Any = engines["django"].engine.from_string(TEXT)  # type: ignore[attr-defined]
    template.origin.name = __file__  # one of ours
    with watching() as places:
        written = template.render(Context({"till": "Bar", "shop": {"name": "Le Zinc"}}))
    assert written == "Le ZincBar\nHello \n"
    assert [it.split(": ")[1] for it in places] == ["person", "shop.code"]
