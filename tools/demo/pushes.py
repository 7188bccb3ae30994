"""What each shop's till pushes, on disk as the fleet of tills takes it: DIR/<till>/parameters.json and closings/."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from simulators.clyo_till.week.agenda import PARIS01
from simulators.clyo_till.week.files import write_document
from simulators.clyo_till.week.parameters import parameters_of
from simulators.clyo_till.week.ticket import CARD
from tools.demo.cast import Shop, Story, every_shop
from tools.demo.turnover import Document, closings_of_shop

# In these stories something happens in Exact between the other closings and last night's.
COMES_LATER = frozenset({Story.FAILED, Story.CONSENT_LOST})
NOT_COUNTED, PAID_BY_VOUCHER = Decimal("12.40"), Decimal("86.00")
NEW_MEANS = {"means": "BON-QUARTIER", "label": "Bons d’achat du quartier", "kind": "other"}


def write_pushes(earlier: Path, last_night: Path, today: date) -> int:
    """Write what every shop pushes: all of it below `earlier`, but for some the last one. Returns how many closings."""
    written = 0
    for _customer, shop in every_shop():
        closings = told(shop, today)
        later = closings[-1:] if shop.story in COMES_LATER else []
        for folder, its in ((earlier, closings[: len(closings) - len(later)]), (last_night, later)):
            _write(folder / shop.till, its)
        written += len(closings)
    return written


def told(shop: Shop, today: date) -> list[Document]:
    """The shop's closings as its story has them."""
    closings = [*closings_of_shop(shop, today)]
    tell = TELL.get(shop.story)
    return tell(closings) if tell else closings


def _write(till: Path, closings: list[Document]) -> None:
    if closings:
        write_document(till / "parameters.json", parameters_of(PARIS01))
    for closing in closings:
        write_document(till / "closings" / f"{closing['number']:04d}.json", closing)


def _hold(closings: list[Document]) -> list[Document]:
    """The evening before last a card payment is missing; last night somebody paid with vouchers nobody set up."""
    *earlier, before, last = closings
    _take_from_cards(before, NOT_COUNTED)
    _take_from_cards(last, PAID_BY_VOUCHER)
    last["payments"].append(NEW_MEANS | {"amount": str(PAID_BY_VOUCHER), "count": 3})
    return [*earlier, before, last]


def _take_from_cards(closing: Document, amount: Decimal) -> None:
    for payment in closing["payments"]:
        if payment["means"] == CARD.code:
            payment["amount"] = str(Decimal(payment["amount"]) - amount)


def _lose_one(closings: list[Document]) -> list[Document]:
    *earlier, _lost, last = closings
    return [*earlier, last]


TELL: Mapping[Story, Callable[[list[Document]], list[Document]]] = MappingProxyType(
    {Story.HELD: _hold, Story.GAP: _lose_one, Story.SILENT: lambda closings: closings[:-1]}
)
