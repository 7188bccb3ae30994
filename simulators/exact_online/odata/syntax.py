"""The syntax tree of a `$filter`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: `type` is its EDM type, or `null`."""

    type: str
    value: Scalar
    position: int


@dataclass(frozen=True, slots=True)
class Field:
    """A property of the resource."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right` with one of eq ne gt ge lt le."""

    operator: str
    left: Expression
    right: Expression
    position: int


@dataclass(frozen=True, slots=True)
class Logical:
    """Two or more terms joined by `and` or `or`."""

    operator: str
    terms: tuple[Expression, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its term."""

    term: Expression
    position: int


Expression: TypeAlias = Literal | Field | Call | Comparison | Logical | Not
