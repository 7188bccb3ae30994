"""Conditions on Created and Modified by the reading that a filter's moments are UTC (rules 3.7)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from simulators.exact_online.clock import wall_clock_ms

from .syntax import Comparison, Expression, Field, Literal, Logical, Not

STAMPS = {"Created", "Modified"}


def in_wall_clock(tree: Expression, zone: ZoneInfo) -> Expression:
    """The same condition with its moments as the wall clock of the zone, which is how the rows keep them."""
    match tree:
        case Logical():
            return replace(tree, terms=tuple(in_wall_clock(term, zone) for term in tree.terms))
        case Not():
            return replace(tree, term=in_wall_clock(tree.term, zone))
        case Comparison(left=Field(name=name), right=Literal(type="Edm.DateTime") as moment) if name in STAMPS:
            return replace(tree, right=_shift(moment, zone))
        case Comparison(left=Literal(type="Edm.DateTime") as moment, right=Field(name=name)) if name in STAMPS:
            return replace(tree, left=_shift(moment, zone))
    return tree


def _shift(moment: Literal, zone: ZoneInfo) -> Literal:
    assert isinstance(moment.value, int)
    return replace(moment, value=wall_clock_ms(moment.value, zone))
