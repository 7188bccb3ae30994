"""Deleting a company: everything that is kept for it goes."""

from dataclasses import dataclass

from simulators.exact_online.database import Database

from .writer import Writer


@dataclass(frozen=True, slots=True)
class DivisionWriter(Writer):
    """Takes companies away; they are made at the control address."""

    database: Database

    def delete(self, row_id: str) -> None:
        """The company with its books."""
        division = int(row_id)
        with self.database.transaction():
            self.database.execute("UPDATE user SET current_division = NULL WHERE current_division = ?", (division,))
            for table in self.database.tables_with("division"):
                self.database.execute(f"DELETE FROM {table} WHERE division = ?", (division,))  # noqa: S608
