"""The number of an entry as a link into Exact Online: every page of the console shows it by this one function."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from exact.models import BookLine, Posting
from exact.web.addresses import page_of


def entry_link(posting: Posting, found: BookLine | None = None) -> SafeString:
    """The entry's number, which opens it in Exact Online in a tab of its own; "" without a number.

    While the address of entries is not taught it opens the company, and says so. `found`: see `page_of`.
    """
    number, page = (found or posting).entry_number or "", page_of(posting, found)
    if page is None:
        return format_html("{}", number)
    name = (
        _("Entry {number} in Exact Online (new tab)")
        if page.of_entry
        else _("Entry {number}: open its company in Exact Online and search for it there (new tab)")
    ).format(number=number)
    return format_html(
        '<a class="console-link is-outward" href="{}" target="_blank" rel="noopener noreferrer"'
        ' aria-label="{}" title="{}">{}</a>',
        page.address,
        name,
        name,
        number,
    )


def entry_links(postings: Iterable[Posting]) -> SafeString:
    """The numbers of several entries, those without one left out."""
    return format_html_join(", ", "{}", ((entry_link(it),) for it in postings if it.entry_number))
