"""Keeping entries: post, change, delete. Each is one SQLite transaction, so the books balance at any moment."""

import json
from dataclasses import dataclass
from typing import Any

from simulators.exact_online.change_signal import Action, Announce, Change
from simulators.exact_online.database import Database, Row
from simulators.exact_online.errors import Refused
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.messages import problem

from .booking import PROCESSED, Booking, book
from .company import Company
from .document import BANK, CASH, GENERAL, SALES, Document
from .numbering import retire_number, take_number

TRANSACTION_LINES = 1  # entity type of sync/Deleted (rules 9)
RESOURCE_OF = {
    SALES.name: "salesentry/SalesEntries",
    CASH.name: "financialtransaction/CashEntries",
    BANK.name: "financialtransaction/BankEntries",
    GENERAL.name: "generaljournalentry/GeneralJournalEntries",
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of all companies."""

    database: Database
    identifiers: Identifiers
    announce: Announce

    def post(self, company: Company, document: Document, user: str | None) -> None:
        """Keep a new entry, or refuse it with every reason."""
        booking = book(company, document)
        with self.database.transaction():
            header = booking.header
            header["number"] = self._number(company, header["journal"], header["year"], document.number)
            header.update(created=company.now, creator=user)
            self._insert(booking, company, user)
        self._tell("Create", company.division, document.kind.name, document.id)

    def change(self, company: Company, document: Document, user: str | None) -> None:
        """Book an entry again after a PUT; its id, number and creator stay (rules 5)."""
        before = self.entry(company.division, document.id)
        self.refuse_when_processed(before)
        if document.journal != before["journal"]:
            raise Refused([problem("not_allowed", "journal")])
        booking = book(company, document)
        with self.database.transaction():
            gone = self._line_ids(document.id) - {line["id"] for line in booking.lines}
            self._note_deleted(company, gone, user)
            self.database.execute("DELETE FROM entry WHERE id = ?", (document.id,))
            booking.header.update(created=before["created"], creator=before["creator"])
            booking.header["number"] = self._kept_number(company, before, document.number)
            self._insert(booking, company, user)
        self._tell("Update", company.division, before["kind"], document.id)

    def _kept_number(self, company: Company, before: Row, wanted: int | None) -> int:
        if wanted is None or wanted == before["number"]:
            return int(before["number"])
        return self._number(company, before["journal"], before["year"], wanted)

    def _number(self, company: Company, journal: str, year: int, own: int | None) -> int:
        deleted_are_free = company.readings.deleted_number == "free"
        return take_number(self.database, company.division, journal, year, own, deleted_are_free=deleted_are_free)

    def delete(self, company: Company, entry_id: str, user: str | None) -> None:
        """Take an entry out of the books; a processed one stays (rules 5, 6)."""
        entry = self.entry(company.division, entry_id)
        self.refuse_when_processed(entry)
        with self.database.transaction():
            self._note_deleted(company, self._line_ids(entry_id), user)
            self.database.execute("DELETE FROM entry WHERE id = ?", (entry_id,))
            retire_number(self.database, company.division, entry["journal"], entry["number"])
        self._tell("Delete", company.division, entry["kind"], entry_id)

    def _tell(self, action: Action, division: int, kind: str, entry_id: str) -> None:
        self.announce(Change(division, RESOURCE_OF[kind], action, entry_id))

    def entry(self, division: int, entry_id: str) -> Row:
        """The header of an entry that is known to exist."""
        row = self.database.row("SELECT * FROM entry WHERE division = ? AND id = ?", (division, entry_id))
        assert row is not None
        return row

    def refuse_when_processed(self, entry: Row) -> None:
        """Status 50 can neither be changed nor deleted."""
        if entry["status"] == PROCESSED:
            raise Refused([problem("processed", "entry")])

    def _insert(self, booking: Booking, company: Company, user: str | None) -> None:
        header = booking.header | {"modified": company.now, "modifier": user}
        self.database.insert("entry", header | {"extra": json.dumps(header["extra"], default=float)})
        self.database.insert_all("line", [self._complete(line) for line in booking.lines])

    def _complete(self, line: dict[str, Any]) -> dict[str, Any]:
        extra = json.dumps(line["extra"], default=float) if line["extra"] else "{}"
        return line | {"extra": extra, "rowversion": self.identifiers.next_rowversion()}

    def _line_ids(self, entry_id: str) -> set[str]:
        return {row["id"] for row in self.database.rows("SELECT id FROM line WHERE entry_id = ?", (entry_id,))}

    def _note_deleted(self, company: Company, line_ids: set[str], user: str | None) -> None:
        self.database.insert_all(
            "deletion",
            [
                {
                    "id": self.identifiers.guid(),
                    "division": company.division,
                    "entity_type": TRANSACTION_LINES,
                    "entity_key": line_id,
                    "deleted_by": user,
                    "deleted_at": company.now,
                    "rowversion": self.identifiers.next_rowversion(),
                }
                for line_id in sorted(line_ids)
            ],
        )
