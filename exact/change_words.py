"""What the audit says of documents and words that come from Exact."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from exact.wording import explain
from ledger.problem import Problem

Told = Iterator[tuple[str, str, str]]


def tell_problems(was: Any, became: Any) -> Told:
    """What is to be mended before closings go, one sentence after the other."""
    before, after = _explain(was), _explain(became)
    if before != after:
        yield _("to be mended"), before, after


def _explain(documents: Any) -> str:
    return " ".join(explain(Problem.from_document(it)) for it in documents or [])


def tell_language(was: Any, became: Any) -> Told:
    """In which language its user reads Exact: "French" for "fr-FR"."""
    yield _("language"), _name_language(was), _name_language(became)


def _name_language(code: Any) -> str:
    try:
        return str(get_language_info(str(code or "")[:2].lower())["name_translated"])
    except KeyError:
        return str(code or "")


def tell_nothing(_was: Any, _became: Any) -> Told:
    """Exact's own words on a refused consent are not told: the state that changes with them says the same."""
    yield from ()
