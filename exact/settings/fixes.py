"""The likely fix of a wrong setting: the item of the company that would pass and is most similar to what was set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from exact.company.catalogue import Catalogue, percentage
from exact.company.facts import (
    FOR_PURCHASES,
    REFUSED_ON_SALES_LINES,
    VAT_TYPES_WITHOUT_INCLUDED_TAX,
    demands_cost_center,
)
from exact.models import CatalogueItem, CatalogueKind
from ledger.money import rates_named

CLASS, ROOT = 2, 3  # digits that the French chart of accounts gives a meaning to: 70 is sales, 707 of goods
USUAL_SALES = ("707", "706")  # goods and services; where the till names nothing
UNTAXED_WORDS = ("exon", "export", "intracom")  # "Ventes exonérées", "Ventes à l'exportation"
CASH_WORDS = ("comptant", "immédiat", "immediat", "réception", "reception")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A value that would pass the check, and Exact's name for it."""

    field: str
    value: str
    name: str


def account_fix(
    catalogue: Catalogue,
    field: str,
    meant: str,
    *,
    suits: Callable[[CatalogueItem], bool],
    types: tuple[int, ...] = (),
    rate: Decimal | None = None,
) -> Fix | None:
    """The open account that the one meant most likely is, of one of the types where any is named, and that `suits`.

    The same number with other zeros at its end comes first: 7071 is 707100. Then its own root account (707), and there
    the one kept for the slot's `rate`, by its name ("Ventes 10 %") or by its VAT code; then the nearest number. One
    whose name speaks of another rate is never offered. Without types only accounts of the same root are, and the
    collective one it belongs to.
    """

    def fits(item: CatalogueItem) -> bool:
        right = item.facts["Type"] in types if types else item.facts["Type"] not in REFUSED_ON_SALES_LINES
        usable = right and suits(item) and not item.facts["IsBlocked"] and not demands_cost_center(item)
        near = bool(types) or _common(item.code, meant) >= ROOT or meant.startswith(_strip_zeros(item.code))
        return usable and near and item.code != meant and (rate is None or _speaks_of(item, rate) is not False)

    def likeness(item: CatalogueItem) -> tuple[object, ...]:
        return (
            _strip_zeros(item.code) == _strip_zeros(meant),
            min(_common(item.code, meant), ROOT),
            not meant and item.code[:ROOT] in USUAL_SALES,
            rate is not None and _speaks_of(item, rate) is True,
            rate is not None and _default_rate(catalogue, item) == rate,
            _common(item.code, meant),
        )

    beginning = "" if types else _strip_zeros(meant)[:CLASS]
    chart = catalogue.accounts(beginning, types) if beginning or types else []
    return _fix(field, sorted(filter(fits, chart), key=likeness, reverse=True))


def _strip_zeros(code: str) -> str:
    """An account's number without the zeros it is filled up with: charts have six digits, eight, or none."""
    return code.rstrip("0")


def _speaks_of(item: CatalogueItem, rate: Decimal) -> bool | None:
    """Whether an account's name speaks of this VAT rate, or of another; None when it speaks of none."""
    named = {*rates_named(item.name)}
    if any(word in item.name.lower() for word in UNTAXED_WORDS):
        named.add(Decimal(0))
    return rate in named if named else None


def _default_rate(catalogue: Catalogue, item: CatalogueItem) -> Decimal | None:
    code = catalogue.get(CatalogueKind.VAT_CODE, str(item.facts.get("VATCode") or "").strip())
    return percentage(code) if code else None


def vat_code_fix(catalogue: Catalogue, field: str, meant: str, rate: Decimal) -> Fix | None:
    """A VAT code for sales, of the excluding kind, with the slot's rate."""

    def fits(item: CatalogueItem) -> bool:
        facts = item.facts
        usable = not facts["IsBlocked"] and facts["VATTransactionType"] != FOR_PURCHASES
        return usable and facts["Type"] in VAT_TYPES_WITHOUT_INCLUDED_TAX and percentage(item) == rate

    return _find_nearest(catalogue.of_kind(CatalogueKind.VAT_CODE), field, meant, fits)


def journal_fix(catalogue: Catalogue, field: str, meant: str, types: tuple[int, ...]) -> Fix | None:
    """An open journal of the right type."""
    return _find_nearest(
        catalogue.of_kind(CatalogueKind.JOURNAL),
        field,
        meant,
        lambda item: item.facts["Type"] in types and not item.facts["IsBlocked"],
    )


def third_party_fix(catalogue: Catalogue, field: str, meant: str, fits: Callable[[CatalogueItem], bool]) -> Fix | None:
    """A customer who stands for counter sales."""
    return _find_nearest(catalogue.of_kind(CatalogueKind.THIRD_PARTY), field, meant, fits)


def payment_condition_fix(catalogue: Catalogue, field: str) -> Fix | None:
    """A condition for sales that are paid at once, else the first there is."""
    items = catalogue.of_kind(CatalogueKind.PAYMENT_CONDITION)
    items.sort(key=lambda item: not any(word in item.name.lower() for word in CASH_WORDS))
    return _fix(field, items)


def cost_center_fix(catalogue: Catalogue, field: str) -> Fix | None:
    """The first active cost centre."""
    return _fix(field, [it for it in catalogue.of_kind(CatalogueKind.COST_CENTER) if it.facts["Active"]])


def _find_nearest(
    candidates: Iterable[CatalogueItem], field: str, meant: str, fits: Callable[[CatalogueItem], bool]
) -> Fix | None:
    """The fitting item that shares the longest beginning with `meant`."""
    items = [item for item in candidates if fits(item) and item.code != meant]
    return _fix(field, sorted(items, key=lambda item: -_common(item.code, meant)))


def _common(code: str, meant: str) -> int:
    length = 0
    for ours, theirs in zip(code, meant, strict=False):
        if ours != theirs:
            break
        length += 1
    return length


def _fix(field: str, items: Iterable[CatalogueItem]) -> Fix | None:
    item = next(iter(items), None)
    return Fix(field=field, value=item.code, name=item.name) if item else None
