"""Writing master data: one row of one table (rules 3.7, 3.8)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.exact_online.bodies import read_properties
from simulators.exact_online.books.company import Company
from simulators.exact_online.books.vat_number import has_right_check_digits
from simulators.exact_online.change_signal import Action, Announce, Change
from simulators.exact_online.database import Database, Row
from simulators.exact_online.edm import Resource, load_resources
from simulators.exact_online.errors import NotFound, Refused
from simulators.exact_online.identifiers import Identifiers
from simulators.exact_online.messages import Problem, problem
from simulators.exact_online.resources.master import TABLES, MasterTable

from .deletions import ACCOUNTS, GL_ACCOUNTS, note_deletions
from .writer import Writer

VAT_CODE_REFERENCES = {"VATCode", "SalesVATCode"}
TERMS = {"Code": "code", "Description": "description", "Name": "name"}
PERCENTAGES = "VATPercentages"
DELETED_TYPES = {"crm/Accounts": ACCOUNTS, "financial/GLAccounts": GL_ACCOUNTS}


@dataclass(frozen=True, slots=True)
class MasterWriter(Writer):
    """Writes one resource of master data for one caller."""

    database: Database
    identifiers: Identifiers
    announce: Announce
    company: Company
    resource: Resource
    user: str

    @property
    def _master(self) -> MasterTable:
        return TABLES[self.resource.name]

    def create(self, body: dict[str, Any]) -> str:
        """A new row; its id."""
        properties = read_properties(self.resource, body, "POST", self.company.body_rules)
        values = {name: value for name, value in properties.items() if value is not None}
        if self.resource.name == "crm/Accounts" and not values.get("Code"):
            values["Code"] = self._next_account_code()
        self._refuse([*self._missing(values), *self._duplicate(values, None), *_wrong_vat_number(values)])
        row_id = self.identifiers.guid()
        with self.database.transaction():
            row = self._columns({**self._master.defaults, **values}, {})
            stamps = {"id": row_id, "division": self.company.division, "created": self.company.now}
            self.database.insert(self._master.table, {**row, **stamps, "creator": self.user})
            self._replace_percentages(row_id, properties)
        self._tell("Create", row_id)
        return row_id

    def change(self, row_id: str, body: dict[str, Any]) -> None:
        """Only the properties given change."""
        row = self._row(row_id)
        properties = read_properties(self.resource, body, "PUT", self.company.body_rules)
        emptied = [
            problem("mandatory", TERMS[name]) for name in TERMS if name in properties and properties[name] is None
        ]
        self._refuse([*emptied, *self._duplicate(properties, row_id), *_wrong_vat_number(properties)])
        with self.database.transaction():
            self.database.update(self._master.table, row_id, self._columns(properties, json.loads(row["extra"])))
            self._replace_percentages(row_id, properties)
        self._tell("Update", row_id)

    def delete(self, row_id: str) -> None:
        """Gone, unless something refers to it."""
        row = self._row(row_id)
        keys = {"division": self.company.division, "id": row_id, "code": row["code"]}
        if self.database.value(self._master.used_by, keys) is not None:
            raise Refused([problem("in_use", "code")])
        with self.database.transaction():
            self.database.delete(self._master.table, row_id)
            self._note_deleted(row_id)
        self._tell("Delete", row_id)

    def _tell(self, action: Action, row_id: str) -> None:
        self.announce(Change(self.company.division, self.resource.name, action, row_id))

    def _row(self, row_id: str) -> Row:
        row = self.database.row_where(self._master.table, self.company.division, "id", row_id)
        if row is None:
            raise NotFound
        return row

    def _refuse(self, problems: list[Problem]) -> None:
        if problems:
            raise Refused(problems)

    def _missing(self, values: Mapping[str, Any]) -> list[Problem]:
        mandatory = {prop.name for prop in self.resource.properties.values() if prop.mandatory} | {"Code"}
        return [
            problem("mandatory", TERMS[name])
            for name in TERMS
            if name in mandatory and not str(values.get(name, "")).strip()
        ]

    def _duplicate(self, values: Mapping[str, Any], own_id: str | None) -> list[Problem]:
        code = values.get("Code")
        if not code:
            return []
        padded = self._master.padded(code)
        other = self.database.row_where(self._master.table, self.company.division, "code", padded)
        return [problem("already_exists", "code", code)] if other is not None and other["id"] != own_id else []

    def _next_account_code(self) -> str:
        highest = self.database.value(
            "SELECT max(CAST(trim(code) AS INTEGER)) FROM account WHERE division = ?", (self.company.division,)
        )
        return str((highest or 0) + 1)

    def _columns(self, properties: Mapping[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        """The row's columns; a property without a column goes to `extra`."""
        row: dict[str, Any] = {
            "modified": self.company.now,
            "modifier": self.user,
            "rowversion": self.identifiers.next_rowversion(),
        }
        for name, value in properties.items():
            if name == PERCENTAGES or self.resource.properties[name].key:
                continue
            column = self._master.stored.get(name)
            if column is None:
                extra[name] = value
            else:
                row[column] = self._convert(name, value)
        row["extra"] = json.dumps(extra, default=float)
        return row

    def _convert(self, name: str, value: Any) -> Any:
        if name == "Code":
            return self._master.padded(value)
        if name in VAT_CODE_REFERENCES and value:
            return TABLES["vat/VATCodes"].padded(value)
        if value is None:
            of_flag = self.resource.properties[name].type in ("Edm.Boolean", "Edm.Byte")
            return self._master.defaults.get(name, 0 if of_flag else None)
        return value

    def _replace_percentages(self, row_id: str, properties: Mapping[str, Any]) -> None:
        """The percentages of a VAT code, given as a nested list (rules 5.1)."""
        if PERCENTAGES not in properties:
            return
        self.database.execute("DELETE FROM vat_percentage WHERE vat_code_id = ?", (row_id,))
        model = load_resources()["vat/VatPercentages"]
        for number, child in enumerate(properties[PERCENTAGES] or [], start=1):
            values = read_properties(model, child, None, self.company.body_rules)
            self.database.insert(
                "vat_percentage",
                {
                    "id": self.identifiers.guid(),
                    "division": self.company.division,
                    "vat_code_id": row_id,
                    "line_number": number,
                    "type": values.get("Type") or 0,
                    "percentage": str(values.get("Percentage") or 0),
                    "start_date": values.get("StartDate"),
                    "end_date": values.get("EndDate"),
                    "created": self.company.now,
                    "modified": self.company.now,
                },
            )

    def _note_deleted(self, row_id: str) -> None:
        entity_type = DELETED_TYPES.get(self.resource.name)
        if entity_type is None:
            return
        note_deletions(self.database, self.identifiers, self.company, self.user, entity_type, [row_id])


def _wrong_vat_number(values: Mapping[str, Any]) -> list[Problem]:
    number = values.get("VATNumber")
    return [problem("vat_number_check")] if number and not has_right_check_digits(number) else []
