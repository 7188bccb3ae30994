"""Many rows at once, by PostgreSQL's COPY: what a run writes for each of a hundred thousand closings."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store rows of a model, given as the values of these columns (JSON as `Jsonb`).

    Every other column must have a default in the database, or be null. Constraints and triggers hold as for any insert.
    """
    names = sql.Composed([sql.Identifier(column) for column in columns]).join(", ")
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
