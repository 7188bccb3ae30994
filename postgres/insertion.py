"""Rows of several tables in one statement: what three rooms write of one closing is one round trip (decision 0012)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Insertion:
    """An INSERT and its named parameters; a name that several insertions share means the same in all of them."""

    sql: str
    parameters: Mapping[str, Any]


def insert(*insertions: Insertion) -> None:
    """Write all of it at once, or nothing. Foreign keys between the rows hold, whatever their order here."""
    if not insertions:
        return
    parameters: dict[str, Any] = {}
    for insertion in insertions:
        shared = parameters.keys() & insertion.parameters.keys()
        assert all(parameters[name] == insertion.parameters[name] for name in shared), f"two meanings: {shared}"
        parameters |= insertion.parameters
    *others, last = (insertion.sql for insertion in insertions)
    with_others = ", ".join(f"rows_{place} AS ({sql})" for place, sql in enumerate(others))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {with_others} {last}" if others else last, parameters)
