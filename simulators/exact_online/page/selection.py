"""Which entries a reader asks for, from the query of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

PAGE_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Selection:
    """A company, filters that narrow its entries, and the page of them; an empty filter narrows nothing.

    No form asks for an `entry_id`: an entry's own page does.
    """

    division: int | None = None
    journal: str = ""
    first_day: date | None = None
    last_day: date | None = None
    reference: str = ""
    entry_id: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.journal or self.first_day or self.last_day or self.reference)

    def query(self, **changes: object) -> str:
        """The query of the page with these changes; other filters start at the first page again."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # the template names the fields
        fields = {
            "division": changed.division,
            "journal": changed.journal,
            "from": changed.first_day.isoformat() if changed.first_day else "",
            "to": changed.last_day.isoformat() if changed.last_day else "",
            "reference": changed.reference,
            "page": changed.page if changed.page > 1 else "",
        }
        return urlencode({name: value for name, value in fields.items() if value not in ("", None)})


def read_selection(query: Mapping[str, str]) -> Selection:
    """What the query asks for; what cannot be read is left out, a page is no place for an error."""
    return Selection(
        division=read_number(query.get("division", "")),
        journal=query.get("journal", "").strip(),
        first_day=_day(query.get("from", "")),
        last_day=_day(query.get("to", "")),
        reference=query.get("reference", "").strip(),
        page=read_number(query.get("page", "")) or 1,
    )


def read_number(text: str) -> int | None:
    """A whole number from 1 on, as a company or a page has; None for anything else."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0
    return number if 0 < number <= PAGE_MAX else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
