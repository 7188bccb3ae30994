"""Writing entries and their lines (rules 5, 6): every change books the whole entry again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.exact_online.bodies import read_properties
from simulators.exact_online.books.company import Company
from simulators.exact_online.books.document import BANK, CASH, GENERAL, SALES, Document, DocumentLine, EntryKind
from simulators.exact_online.books.ledger import Ledger
from simulators.exact_online.books.loading import load_document
from simulators.exact_online.edm import Resource, load_resources
from simulators.exact_online.errors import BadRequest, NotFound, Refused
from simulators.exact_online.messages import problem

from .writer import Writer

HEADERS: Mapping[str, EntryKind] = {
    "salesentry/SalesEntries": SALES,
    "financialtransaction/CashEntries": CASH,
    "financialtransaction/BankEntries": BANK,
    "generaljournalentry/GeneralJournalEntries": GENERAL,
}
LINES: Mapping[str, EntryKind] = {
    "salesentry/SalesEntryLines": SALES,
    "financialtransaction/CashEntryLines": CASH,
    "financialtransaction/BankEntryLines": BANK,
    "generaljournalentry/GeneralJournalEntryLines": GENERAL,
}
LINES_OF = {kind.name: load_resources()[name] for name, kind in LINES.items()}


@dataclass(frozen=True, slots=True)
class EntryWriter(Writer):
    """Writes the entries of one kind for one caller."""

    ledger: Ledger
    company: Company
    resource: Resource
    user: str

    def create(self, body: dict[str, Any]) -> str:
        """A header with its lines in one go (a deep insert); the id of the entry."""
        kind = HEADERS[self.resource.name]
        properties = read_properties(self.resource, body, "POST", self.company.body_rules)
        document = Document(id=self.ledger.identifiers.guid(), kind=kind)
        document.change(_drop_nulls(properties))
        for child in properties.get(kind.lines) or []:
            document.lines.append(self._new_line(document, self._line_properties(kind, child, "POST")))
        self.ledger.post(self.company, document, self.user)
        return document.id

    def change(self, entry_id: str, body: dict[str, Any]) -> None:
        """Only the properties given change (rules 3.3)."""
        kind = HEADERS[self.resource.name]
        properties = read_properties(self.resource, body, "PUT", self.company.body_rules)
        if kind.lines in properties:
            raise BadRequest("Error processing request stream. Deep updates are not supported in PUT, MERGE or PATCH.")
        if "Document" in properties and self.company.readings.put_document == "refused":
            raise Refused([problem("not_allowed", "document")])
        document = self._document(kind, entry_id)
        document.change(properties)
        self.ledger.change(self.company, document, self.user)

    def delete(self, entry_id: str) -> None:
        """The whole entry goes."""
        self.ledger.delete(self.company, self._document(HEADERS[self.resource.name], entry_id).id, self.user)

    def _document(self, kind: EntryKind, entry_id: str) -> Document:
        document = load_document(self.ledger.database, self.company, kind, entry_id)
        if document is None:
            raise NotFound
        return document

    def _line_properties(self, kind: EntryKind, body: dict[str, Any], method: str) -> dict[str, Any]:
        """A line's properties; amounts of a receipt positive, whichever way the caller writes them (rules 6)."""
        properties = read_properties(LINES_OF[kind.name], body, method, self.company.body_rules)
        if "AmountDC" in properties:
            properties.setdefault("AmountFC", properties.pop("AmountDC"))
        if kind in (CASH, BANK) and self.company.readings.cash_sign == "receipt_negative":
            for name in {"AmountFC", "AmountVATFC"} & properties.keys():
                properties[name] = -properties[name] if properties[name] is not None else None
        return properties

    def _new_line(self, document: Document, properties: dict[str, Any]) -> DocumentLine:
        line = DocumentLine(id=self.ledger.identifiers.guid())
        document.change_line(line, _drop_nulls(properties))
        return line


@dataclass(frozen=True, slots=True)
class LineWriter(EntryWriter):
    """Writes single lines of entries that exist."""

    def create(self, body: dict[str, Any]) -> str:
        """One more line, posted alone: then `EntryID` is mandatory (rules 5)."""
        kind = LINES[self.resource.name]
        properties = self._line_properties(kind, body, "POST")
        entry_id = properties.get("EntryID")
        if entry_id is None:
            raise Refused([problem("mandatory", "entry")])
        document = load_document(self.ledger.database, self.company, kind, entry_id)
        if document is None:
            raise Refused([problem("invalid_reference", "entry")])
        line = self._new_line(document, properties)
        document.lines.append(line)
        self.ledger.change(self.company, document, self.user)
        return line.id

    def change(self, line_id: str, body: dict[str, Any]) -> None:
        """Change one line."""
        properties = self._line_properties(LINES[self.resource.name], body, "PUT")
        document, line = self._line(line_id)
        document.change_line(line, properties)
        self.ledger.change(self.company, document, self.user)

    def delete(self, line_id: str) -> None:
        """Take one line out; the last one cannot go, an entry has lines."""
        document, line = self._line(line_id)
        document.lines.remove(line)
        self.ledger.change(self.company, document, self.user)

    def _line(self, line_id: str) -> tuple[Document, DocumentLine]:
        entry_id = self.ledger.database.value(
            "SELECT entry_id FROM line WHERE division = ? AND id = ? AND role = 'document'",
            (self.company.division, line_id),
        )
        if entry_id is None:
            raise NotFound
        document = self._document(LINES[self.resource.name], entry_id)
        return document, next(line for line in document.lines if line.id == line_id)


def _drop_nulls(properties: dict[str, Any]) -> dict[str, Any]:
    """A null in a new row is the same as nothing."""
    return {name: value for name, value in properties.items() if value is not None}
