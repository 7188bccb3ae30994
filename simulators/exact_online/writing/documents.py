"""Writing documents, their attachments and the folders of their types (rules 5.3)."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.exact_online.bodies import read_properties
from simulators.exact_online.books.company import Company
from simulators.exact_online.change_signal import Action, Announce, Change
from simulators.exact_online.database import Database, Row
from simulators.exact_online.edm import Resource
from simulators.exact_online.errors import NotFound, Refused
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.messages import Problem, problem

from .deletions import ATTACHMENTS, DOCUMENTS, note_deletions
from .writer import Writer

DOCUMENT_COLUMNS = {
    "HID": "hid",
    "Subject": "subject",
    "Type": "type",
    "Account": "account",
    "Category": "category",
    "DocumentDate": "document_date",
}
DOCUMENT_TERMS = {"Subject": "subject", "Type": "document_type"}
ATTACHMENT_TERMS = {"Attachment": "attachment", "Document": "document", "FileName": "file_name"}
IN_USE = "SELECT 1 FROM entry WHERE document = :id UNION ALL SELECT 1 FROM line WHERE document = :id LIMIT 1"


@dataclass(frozen=True, slots=True)
class DocumentWriter(Writer):
    """Writes documents for one caller."""

    database: Database
    identifiers: Identifiers
    announce: Announce
    company: Company
    resource: Resource
    user: str

    def create(self, body: dict[str, Any]) -> str:
        """A new document; its id."""
        given = read_properties(self.resource, body, "POST", self.company.body_rules)
        properties = {name: value for name, value in given.items() if value is not None}
        _refuse([*_missing(properties, DOCUMENT_TERMS), *self._find_wrong(properties, None)])
        properties.setdefault("HID", self._next_number())
        row_id = self.identifiers.guid()
        with self.database.transaction():
            created = {"id": row_id, "division": self.company.division, "creator": self.user}
            row = self._columns({"DocumentDate": self.company.today, **properties}, {})
            self.database.insert("document", {**row, **created, "created": self.company.now})
        self._tell("Create", row_id)
        return row_id

    def change(self, row_id: str, body: dict[str, Any]) -> None:
        """Only the properties given change."""
        row = self._row(row_id)
        properties = read_properties(self.resource, body, "PUT", self.company.body_rules)
        emptied = {name: term for name, term in DOCUMENT_TERMS.items() if name in properties}
        _refuse([*_missing(properties, emptied), *self._find_wrong(properties, row_id)])
        with self.database.transaction():
            self.database.update("document", row_id, self._columns(properties, json.loads(row["extra"])))
        self._tell("Update", row_id)

    def delete(self, row_id: str) -> None:
        """Gone with its attachments, unless an entry refers to it."""
        self._row(row_id)
        if self.database.value(IN_USE, {"id": row_id}) is not None:
            raise Refused([problem("in_use", "document")])
        attached = self.database.rows("SELECT id FROM attachment WHERE document_id = ? ORDER BY id", (row_id,))
        with self.database.transaction():
            self._note_deleted(ATTACHMENTS, [row["id"] for row in attached])
            self._note_deleted(DOCUMENTS, [row_id])
            self.database.delete("document", row_id)
        self._tell("Delete", row_id)

    def _note_deleted(self, entity_type: int, keys: list[str]) -> None:
        note_deletions(self.database, self.identifiers, self.company, self.user, entity_type, keys)

    def _tell(self, action: Action, row_id: str) -> None:
        self.announce(Change(self.company.division, self.resource.name, action, row_id))

    def _row(self, row_id: str) -> Row:
        row = self.database.row_where("document", self.company.division, "id", row_id)
        if row is None:
            raise NotFound
        return row

    def _find_wrong(self, properties: Mapping[str, Any], own_id: str | None) -> list[Problem]:
        """What the references and the number of a body are refused for."""
        found = []
        type_id, account, category = (properties.get(name) for name in ("Type", "Account", "Category"))
        if type_id is not None and not self._exists("SELECT 1 FROM document_type WHERE id = ?", type_id):
            found.append(problem("invalid_reference", "document_type"))
        if account is not None and self.company.third_party(account) is None:
            found.append(problem("invalid_reference", "account"))
        if category is not None and not self._exists("SELECT 1 FROM document_category WHERE id = ?", category):
            found.append(problem("invalid_reference", "category"))
        if "HID" in properties:
            found.extend(self._wrong_number(properties["HID"], own_id))
        return found

    def _wrong_number(self, number: int | None, own_id: str | None) -> list[Problem]:
        if not number:
            return [problem("mandatory", "document_number")]
        other = self.database.row_where("document", self.company.division, "hid", number)
        is_taken = other is not None and other["id"] != own_id
        return [problem("already_exists", "document_number", number)] if is_taken else []

    def _exists(self, sql: str, value: object) -> bool:
        return self.database.value(sql, (value,)) is not None

    def _next_number(self) -> int:
        highest = self.database.value("SELECT max(hid) FROM document WHERE division = ?", (self.company.division,))
        return int(highest or 0) + 1

    def _columns(self, properties: Mapping[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {
            "modified": self.company.now,
            "modifier": self.user,
            "rowversion": self.identifiers.next_rowversion(),
        }
        for name, value in properties.items():
            column = DOCUMENT_COLUMNS.get(name)
            if column is not None:
                row[column] = value
            elif name != "ID":
                extra[name] = value
        return row | {"extra": json.dumps(extra, default=float)}


@dataclass(frozen=True, slots=True)
class AttachmentWriter(Writer):
    """Writes attachments: new ones and deletions only."""

    database: Database
    identifiers: Identifiers
    announce: Announce
    company: Company
    resource: Resource
    user: str

    def create(self, body: dict[str, Any]) -> str:
        """A new file on a document; its id."""
        properties = read_properties(self.resource, body, "POST", self.company.body_rules)
        problems = _missing(properties, ATTACHMENT_TERMS)
        document = properties.get("Document")
        if document and self.database.row_where("document", self.company.division, "id", document) is None:
            problems.append(problem("invalid_reference", "document"))
        _refuse(problems)
        row_id = self.identifiers.guid()
        with self.database.transaction():
            self.database.insert(
                "attachment",
                {
                    "id": row_id,
                    "division": self.company.division,
                    "document_id": document,
                    "file_name": properties["FileName"],
                    "content": base64.b64decode(properties["Attachment"]),
                },
            )
        self.announce(Change(self.company.division, self.resource.name, "Create", row_id))
        return row_id

    def delete(self, row_id: str) -> None:
        """The file goes, its document stays."""
        with self.database.transaction():
            note_deletions(self.database, self.identifiers, self.company, self.user, ATTACHMENTS, [row_id])
            self.database.delete("attachment", row_id)
        self.announce(Change(self.company.division, self.resource.name, "Delete", row_id))


@dataclass(frozen=True, slots=True)
class TypeFolderWriter(Writer):
    """Writes which folder documents of a type go to."""

    database: Database
    identifiers: Identifiers
    company: Company
    resource: Resource
    user: str

    def create(self, body: dict[str, Any]) -> str:
        """A new link of a type with a folder; its id."""
        row_id = self.identifiers.guid()
        created = {"id": row_id, "division": self.company.division, "creator": self.user, "created": self.company.now}
        row = self._columns(read_properties(self.resource, body, "POST", self.company.body_rules))
        with self.database.transaction():
            self.database.insert("document_type_folder", {**row, **created})
        return row_id

    def change(self, row_id: str, body: dict[str, Any]) -> None:
        """Only the properties given change."""
        row = self._columns(read_properties(self.resource, body, "PUT", self.company.body_rules))
        with self.database.transaction():
            self.database.update("document_type_folder", row_id, row)

    def delete(self, row_id: str) -> None:
        """The link goes."""
        with self.database.transaction():
            self.database.delete("document_type_folder", row_id)

    def _columns(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        columns = {"DocumentType": "document_type", "DocumentFolder": "document_folder"}
        row: dict[str, Any] = {columns[name]: value for name, value in properties.items() if name in columns}
        return row | {"modified": self.company.now, "modifier": self.user}


def _missing(properties: Mapping[str, Any], terms: Mapping[str, str]) -> list[Problem]:
    return [problem("mandatory", term) for name, term in terms.items() if not str(properties.get(name) or "").strip()]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)
