"""Writing open items: a caller may say how one is to be paid, nothing else."""

from dataclasses import dataclass
from typing import Any

from simulators.exact_online.bodies import read_properties
from simulators.exact_online.books.company import Company
from simulators.exact_online.database import Database
from simulators.exact_online.edm import Resource

from .writer import Writer

COLUMNS = {
    "Description": "description",
    "PaymentMethod": "payment_method",
    "PaymentReference": "payment_reference",
}


@dataclass(frozen=True, slots=True)
class ReceivableWriter(Writer):
    """Changes receivables for one caller; they are made and deleted with their entries."""

    database: Database
    company: Company
    resource: Resource

    def change(self, row_id: str, body: dict[str, Any]) -> None:
        """Only the properties given change."""
        properties = read_properties(self.resource, body, "PUT", self.company.body_rules)
        with self.database.transaction():
            self.database.execute("INSERT OR IGNORE INTO receivable_change (line_id) VALUES (?)", (row_id,))
            for name, column in COLUMNS.items():
                if name in properties:
                    statement = f"UPDATE receivable_change SET {column} = ? WHERE line_id = ?"  # noqa: S608
                    self.database.execute(statement, (properties[name], row_id))
