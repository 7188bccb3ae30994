"""Conditions on rows that Django has no lookup for: one of many values, columns compared as one, how a text begins."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Value
from django.db.models.sql.compiler import SQLCompiler

SqlAndParams = tuple[str, tuple[Any, ...]]


class Among(Func):
    """`column = ANY(array)`: the same statement however many values there are, so that it is prepared once."""

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_more: Any, **_named: Any
    ) -> SqlAndParams:
        column, values = (compiler.compile(part) for part in self.get_source_expressions())
        return f"{column[0]} = ANY({values[0]})", (*column[1], *values[1])


class Begins(Func):
    """`column ^@ 'text'`, which an index serves whoever asks; with `LIKE` it would not under row-level security."""

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_more: Any, **_named: Any
    ) -> SqlAndParams:
        column, text = (compiler.compile(part) for part in self.get_source_expressions())
        return f"{column[0]} ^@ {text[0]}", (*column[1], *text[1])


class RowCompared(Func):
    """`(a, b) < (1, 2)`: as an index over a and b is ordered, so that it is read from there on."""

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_more: Any, **_named: Any
    ) -> SqlAndParams:
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        names = [sql for sql, _params in parts]
        half = len(names) // 2
        columns, values = ", ".join(names[:half]), ", ".join(names[half:])
        return f"({columns}) {self.extra['operator']} ({values})", tuple(it for _sql, params in parts for it in params)


def among(field: str, values: Iterable[Any]) -> Among:
    """Return the condition that a field is one of many values, for `filter`."""
    return Among(F(field), Value([*values]), output_field=BooleanField())


def begins(field: str, text: str) -> Begins:
    """Return the condition that a field begins with this text, for `filter`."""
    return Begins(F(field), Value(text), output_field=BooleanField())


def before(**row: Any) -> RowCompared:
    """Return the condition that a row comes before this one in the order of these fields, for `filter`."""
    return _compare("<", row)


def after(**row: Any) -> RowCompared:
    """Return the condition that a row comes after this one in the order of these fields, for `filter`."""
    return _compare(">", row)


def _compare(operator: str, row: dict[str, Any]) -> RowCompared:
    return RowCompared(*map(F, row), *map(Value, row.values()), operator=operator, output_field=BooleanField())
