"""A difference between what was posted and what Exact's books hold, in the reader's words."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from exact.books.difference import DATE, ENTRIES, VAT
from exports.words.money import euros


def named(what: str) -> str:
    """What a difference is about, as the reader calls it: an account, "TVA", or "TVA VN" of one of Exact's codes."""
    return what.replace(VAT, _("VAT"), 1) if what.split()[0] == VAT else what


def in_words(difference: Mapping[str, str]) -> str:
    """ "411000: 1 400,00 € meant, 1 390,00 € in Exact" in the reader's language."""
    what, meant, found = difference["what"], difference["meant"], difference["found"]
    if what == ENTRIES and not meant:
        return _("no entry meant, in Exact: {found}").format(found=found)
    if what == ENTRIES:
        words = _("entry {meant} meant, in Exact: {found}")
        return words.format(meant=meant, found=found or _("none"))
    if what == DATE:
        return _("date: {meant} meant, {found} in Exact").format(meant=meant, found=found)
    amounts = {"meant": euros(Decimal(meant)), "found": euros(Decimal(found))}
    return _("{what}: {meant} meant, {found} in Exact").format(what=named(what), **amounts)
