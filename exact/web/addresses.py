"""Where Exact Online shows a company or an entry to a person: the one home of such addresses (docs/decisions/0061)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import QuerySet

from exact.models import BookLine, Division, Posting, PostingState
from ledger.entry import EntryKind

# Exact names no page of an entry; this one of a company is used in public by several who integrate with it.
COMPANY_PAGE = "/docs/MenuPortal.aspx?_Division_={division}"
# Where `exact.models.ExactApp` keeps the address of an entry of that kind, once it was taught.
TAUGHT_IN: Mapping[str, str] = {EntryKind.SALES: "sales_page", EntryKind.RECEIPTS: "receipts_page"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page of Exact Online: the entry's own, or that of its company, where the number is to be searched for."""

    address: str
    of_entry: bool


def page_of(posting: Posting, found: BookLine | None = None) -> WebPage | None:
    """Where Exact Online shows a posting's entry, or its company while nobody taught the entry's address.

    `found` is a line of the entry that is meant, where Exact holds several of one posting. None while Exact has no
    entry of it, or no more, and where the host is not encrypted. Reads the division and its app: `with_pages`.
    """
    entry = found or posting
    app = posting.division.app
    if not entry.entry_number or posting.state == PostingState.WITHDRAWN or not app.is_linkable:
        return None
    pattern = getattr(app, TAUGHT_IN[posting.entry_kind])
    if not pattern or not entry.entry_id:
        return WebPage(address=company_page(posting.division), of_entry=False)
    return WebPage(address=address_by(pattern, posting.division, entry), of_entry=True)


def company_page(division: Division) -> str:
    """The first page of a company in Exact Online."""
    return division.app.base_url.rstrip("/") + COMPANY_PAGE.format(division=division.code)


def address_by(pattern: str, division: Division, entry: Posting | BookLine) -> str:
    """The address of an entry by a pattern; what it is filled with is percent-encoded, so that it changes no more."""
    named = {
        "{division}": str(division.code),
        "{entry_id}": entry.entry_id or "",
        "{entry_number}": entry.entry_number or "",
    }
    for placeholder, value in named.items():
        pattern = pattern.replace(placeholder, quote(value, safe=""))
    return pattern


def with_pages(postings: QuerySet[Posting]) -> QuerySet[Posting]:
    """The same postings, each with what `page_of` reads."""
    return postings.select_related("division__app").defer("division__app__client_secret")
