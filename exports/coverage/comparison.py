"""A closing beside those that cover the same sales, for people: both sums, what is left, rate by rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from exports.coverage.anew import tickets_here
from exports.coverage.judge import CHECKED, OVERLAP, PARTLY, SUMS_DIFFER, WITHIN
from exports.coverage.parts import Part, beside_in_hours, beside_in_tickets, siblings, together
from exports.models import StoredClosing
from exports.words.money import in_currency
from ledger.closing import Closing
from ledger.figures import Figures

SHOWN_FOR = frozenset({CHECKED, WITHIN, PARTLY, SUMS_DIFFER, OVERLAP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A closing that covers the same sales: its name, its turnover, its page."""

    name: str
    gross: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One sum of both sides: "10 %", "1 100,01 €" here, "660,01 €" booked, "440,00 €" left."""

    label: str
    told: str
    booked: str
    left: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A closing beside others."""

    others: list[Beside]
    rows: list[Compared]
    together: list[str]
    agrees: bool


def comparison_of(stored: StoredClosing) -> Comparison | None:
    """A closing compared with those that cover its sales, for its page; None when there are none."""
    codes = {problem["code"] for problem in stored.problems}
    if SHOWN_FOR.isdisjoint(codes):
        return None
    closing = Closing.from_document(stored.document)
    parts, fellows = _find_parts_beside(stored, closing)
    if not parts:
        return None
    rows = [*_rows([*(it.closing for it in fellows), closing], [it.closing for it in parts])]
    return Comparison(
        others=[_name_part(part) for part in parts],
        rows=rows,
        together=[part.name for part in fellows],
        agrees=not any(row.differs for row in rows),
    )


def _find_parts_beside(stored: StoredClosing, closing: Closing) -> tuple[list[Part], list[Part]]:
    shop = stored.establishment_id
    mine = tickets_here(stored, closing)
    parts = beside_in_tickets(mine, shop, stored.pk) if mine else beside_in_hours(closing, shop, stored.pk)
    booked = together(parts)
    return parts, siblings(closing, booked, shop, stored.pk) if mine and mine.is_within(booked) else []


def _name_part(part: Part) -> Beside:
    address = reverse("admin:exports_storedclosing_change", args=[part.id])
    return Beside(name=part.name, gross=in_currency(part.closing.turnover, part.closing.currency), address=address)


def _rows(told: list[Closing], booked: list[Closing]) -> Iterable[Compared]:
    mine, theirs = Figures.of(told), Figures.of(booked)
    compared = partial(_compare_amounts, currency=told[-1].currency)
    yield compared(_("Turnover"), mine.gross, theirs.gross)
    zero = Decimal("0.00")
    for rate in sorted({*mine.rates, *theirs.rates}, reverse=True):
        label = _("{rate} %, VAT included").format(rate=number_format(rate.normalize() + 0))
        yield compared(label, *(it.rates[rate].gross if rate in it.rates else zero for it in (mine, theirs)))
    labels = {it.means: it.label or it.means for closing in (*booked, *told) for it in closing.payments}
    for means in sorted({*mine.means, *theirs.means}):
        yield compared(labels.get(means, means), *(it.means.get(means, zero) for it in (mine, theirs)))


def _compare_amounts(label: str, told: Decimal, booked: Decimal, *, currency: str) -> Compared:
    left = told - booked
    said, there, rest = (in_currency(it, currency) for it in (told, booked, left))
    return Compared(label=label, told=said, booked=there, left=rest, differs=left != 0)
