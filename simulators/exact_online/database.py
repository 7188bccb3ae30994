"""The SQLite file: opened in WAL, one transaction per change, so a crash at any moment leaves whole entries."""

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

Row = sqlite3.Row
FILE = "exact-online.sqlite3"
SCHEMA = (resources.files(__package__) / "schema.sql").read_text(encoding="utf-8")
SCHEMA_VERSION = zlib.crc32(SCHEMA.encode()) & 0x7FFFFFFF


class Database:
    """One connection. The program answers one call at a time, so it needs no other and no lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None, cached_statements=512)
        self._connection.row_factory = sqlite3.Row
        # SQLite's own lower() knows ASCII only.
        self._connection.create_function("tolower", 1, _lower, deterministic=True)
        self._connection.create_function("toupper", 1, _upper, deterministic=True)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # 32 MB of log before it is folded in, and 64 MB of pages in memory: entries touch pages all over the
        # indexes, and each fold writes every touched page once, however often it was touched.
        self._connection.execute("PRAGMA wal_autocheckpoint = 8000")
        self._connection.execute("PRAGMA cache_size = -65536")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def is_empty(self) -> bool:
        """Whether the file has never been set up."""
        return not self.tables()

    @property
    def has_this_schema(self) -> bool:
        """Whether the file was set up by a program with the same tables."""
        version: int = self.value("PRAGMA user_version")
        return version == SCHEMA_VERSION

    def create_schema(self) -> None:
        """Make every table anew; what was there is gone."""
        for name in self.tables():
            self._connection.execute(f'DROP TABLE "{name}"')  # names come from SQLite's own catalogue
        self._connection.executescript(SCHEMA)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def tables(self) -> list[str]:
        """The tables, in an order in which they can be dropped."""
        rows = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid DESC")
        return [row["name"] for row in rows]

    def tables_with(self, column: str) -> list[str]:
        """The tables that have this column, those first that refer to others."""
        sql = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"
        return [name for name in self.tables() if self.value(sql, (name, column)) is not None]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, parameters: Any = ()) -> int:
        """Run one statement; the answer is the number of rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def rows(self, sql: str, parameters: Any = ()) -> list[Row]:
        """Every row."""
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Any = ()) -> Row | None:
        """The first row, if there is one."""
        found: Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Any = ()) -> Any:
        """The first column of the first row, or null."""
        found = self.row(sql, parameters)
        return found[0] if found is not None else None

    # In the statements below the names of tables and columns are this program's own; values are always bound.

    def insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Add one row."""
        self._connection.execute(_insertion(table, values), tuple(values.values()))

    def insert_all(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Add rows that have the same columns."""
        if not rows:
            return
        self._connection.executemany(_insertion(table, rows[0]), [tuple(row.values()) for row in rows])

    def update(self, table: str, row_id: str, values: Mapping[str, Any]) -> None:
        """Change columns of the row with this `id`."""
        changes = ", ".join(f"{column} = ?" for column in values)
        statement = f"UPDATE {table} SET {changes} WHERE id = ?"  # noqa: S608
        self._connection.execute(statement, (*values.values(), row_id))

    def delete(self, table: str, row_id: str) -> None:
        """Take the row with this `id` away."""
        self._connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))  # noqa: S608

    def row_where(self, table: str, division: int, column: str, value: Any) -> Row | None:
        """The row of a company whose column has this value."""
        statement = f"SELECT * FROM {table} WHERE division = ? AND {column} = ?"  # noqa: S608
        return self.row(statement, (division, value))

    def highest(self, table: str, column: str) -> int:
        """The highest value of a column; 0 in an empty table."""
        return self.value(f"SELECT max({column}) FROM {table}") or 0  # noqa: S608


def _insertion(table: str, columns: Mapping[str, Any]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608


def _lower(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text


def _upper(text: str | None) -> str | None:
    return text.upper() if isinstance(text, str) else text
