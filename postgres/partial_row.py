"""Models of which some columns were read, by SQL that is not the ORM's (docs/decisions/0012)."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class PartialRow(Generic[Row]):
    """Some columns of a model in a SELECT. `source`: the table's alias, or the composite value, they are read from."""

    def __init__(self, source: str, model: type[Row], columns: str) -> None:
        wanted = columns.split()
        fields = [field for field in model._meta.concrete_fields if field.attname in wanted]
        assert len(fields) == len(wanted), f"{model} has not all of {wanted}"
        self.sql = ", ".join(f"({source}).{field.column}" for field in fields)
        self._model = model
        self._names = [field.attname for field in fields]
        self._readers = [getattr(field, "from_db_value", None) for field in fields]

    def read(self, row: Iterator[Any]) -> Row:
        """Take these columns from a row, as a model instance; its other columns are deferred."""
        values = [next(row) if read is None else read(next(row), None, connection) for read in self._readers]
        return self._model.from_db(connection.alias, self._names, values)
