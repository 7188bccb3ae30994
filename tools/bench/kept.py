"""The database of (l), kept for the next run: storing a million closings takes longer than asking for all pages.

What is stored depends on the day, the number of rows, the tables and the statements that fill them. A kept database of
something else is not used, nor one whose storing was cut off: that run left no word of it.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from tools.stack.services import CLONE

WHERE = CLONE / ".local" / "bench-kept"
TIMEZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Whether the database of an earlier run is `stored`, and whether that of this one is to be kept; of `what`."""

    stored: bool
    keep: bool
    what: str

    @classmethod
    def find(cls, *, keep: bool) -> Self:
        """What there is to go on with. Forgets it unless it is: the database is made anew then."""
        what = _say_what_is_stored()
        stored = keep and WHERE.exists() and WHERE.read_text() == what
        if not stored:
            WHERE.unlink(missing_ok=True)
        return cls(stored=stored, keep=keep, what=what)

    def remember(self) -> None:
        """Say that everything is stored now."""
        if self.keep:
            WHERE.write_text(self.what)


def _say_what_is_stored() -> str:
    tables = hashlib.sha256()
    for it in (CLONE / "tools/bench/volume.py", *sorted(CLONE.glob("*/migrations/*.py"))):
        tables.update(it.read_bytes())
    return f"{datetime.now(TIMEZONE):%Y-%m-%d} {os.environ.get('ROWS') or 'all'} {tables.hexdigest()}"
