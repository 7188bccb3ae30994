"""Ids, secrets and row versions: random, or repeatable from a seed."""

import random
import string
import uuid

from .database import Database

VERSIONED = (
    *("gl_account", "journal", "vat_code", "account", "payment_condition", "cost_center", "cost_unit"),
    *("line", "document"),
)
ALPHABET = string.ascii_letters + string.digits + "-_"


class Identifiers:
    """Makes what must be unique. With a seed, the same calls in the same order give the same values."""

    def __init__(self, database: Database, seed: str | None) -> None:
        self._database = database
        tables = (*VERSIONED, "deletion")
        self._rowversion = max(database.highest(table, "rowversion") for table in tables)
        # The row version keeps a second start on the same file from repeating the ids of the first.
        self._seed = seed
        self._random = self.stream(str(self._rowversion))

    def guid(self) -> str:
        """A new GUID, in lower case (rules 3.7)."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def secret(self, length: int) -> str:
        """A new token of that many characters."""
        return "".join(self._random.choices(ALPHABET, k=length))

    def next_rowversion(self) -> int:
        """The next value of `Timestamp`: it grows over all rows of the database (rules 9)."""
        self._rowversion += 1
        return self._rowversion

    def renew_rowversions(self, division: int) -> None:
        """Give every row of a company a new row version, in the order of the old ones (rules 9)."""
        for table in (*VERSIONED, "deletion"):
            in_order = f"SELECT rowid FROM {table} WHERE division = ? ORDER BY rowversion"  # noqa: S608
            renewal = f"UPDATE {table} SET rowversion = ? WHERE rowid = ?"  # noqa: S608
            for row in self._database.rows(in_order, (division,)):
                self._database.execute(renewal, (self.next_rowversion(), row["rowid"]))

    def stream(self, name: str) -> random.Random:
        """Chances of their own: with a seed, the same name gives the same ones, whatever else is drawn meanwhile."""
        return random.Random(f"{self._seed}/{name}") if self._seed is not None else random.SystemRandom()
