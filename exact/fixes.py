"""The likely fix of a wrong setting: what this company has that would do, nearest to what was meant."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from exact.catalogue import Catalogue, percentage
from exact.models import CatalogueItem, CatalogueKind
from exact.payloads import COST_CENTER_DEMANDED
from exact.preflight import REFUSED_ON_SALES_LINES, VAT_TYPES_WITHOUT_INCLUDED_TAX

ALIKE = 2  # so much of its beginning an account shares, at least, with the one it stands in for
CASH_WORDS = ("comptant", "immédiat", "immediat", "réception", "reception")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A value that would pass the check, and Exact's name for it."""

    field: str
    value: str
    name: str


def account_fix(catalogue: Catalogue, field: str, meant: str, *, types: tuple[int, ...] = ()) -> Fix | None:
    """The open account of the right type whose code begins most like the one meant: 70700 → 707000."""

    def fits(item: CatalogueItem) -> bool:
        right = item.facts["Type"] in types if types else item.facts["Type"] not in REFUSED_ON_SALES_LINES
        return right and not item.facts["IsBlocked"] and item.facts["UseCostcenter"] != COST_CENTER_DEMANDED

    alike = 0 if types else ALIKE
    return _nearest(catalogue.accounts(meant[:alike], types), field, meant, fits, alike=alike)


def vat_code_fix(catalogue: Catalogue, field: str, meant: str, rate: Decimal) -> Fix | None:
    """A VAT code for sales, of the excluding kind, with the slot's rate."""

    def fits(item: CatalogueItem) -> bool:
        facts = item.facts
        usable = not facts["IsBlocked"] and facts["VATTransactionType"] != "P"
        return usable and facts["Type"] in VAT_TYPES_WITHOUT_INCLUDED_TAX and percentage(item) == rate

    return _nearest(catalogue.of_kind(CatalogueKind.VAT_CODE), field, meant, fits)


def journal_fix(catalogue: Catalogue, field: str, meant: str, types: tuple[int, ...]) -> Fix | None:
    """An open journal of the right type."""
    return _nearest(
        catalogue.of_kind(CatalogueKind.JOURNAL),
        field,
        meant,
        lambda item: item.facts["Type"] in types and not item.facts["IsBlocked"],
    )


def third_party_fix(catalogue: Catalogue, meant: str, fits: Callable[[CatalogueItem], bool]) -> Fix | None:
    """A customer who stands for counter sales."""
    return _nearest(catalogue.of_kind(CatalogueKind.THIRD_PARTY), "third_party", meant, fits)


def payment_condition_fix(catalogue: Catalogue) -> Fix | None:
    """A condition for sales that are paid at once, else the first there is."""
    items = catalogue.of_kind(CatalogueKind.PAYMENT_CONDITION)
    items.sort(key=lambda item: not any(word in item.name.lower() for word in CASH_WORDS))
    return _fix("payment_condition", items)


def cost_center_fix(catalogue: Catalogue) -> Fix | None:
    """The first active cost centre."""
    return _fix("cost_center", [it for it in catalogue.of_kind(CatalogueKind.COST_CENTER) if it.facts["Active"]])


def _nearest(
    candidates: Iterable[CatalogueItem],
    field: str,
    meant: str,
    fits: Callable[[CatalogueItem], bool],
    *,
    alike: int = 0,
) -> Fix | None:
    """The fitting item that shares the longest beginning with `meant`, at least `alike` characters."""
    items = [item for item in candidates if fits(item) and item.code != meant]
    items.sort(key=lambda item: -_common(item.code, meant))
    return _fix(field, (item for item in items[:1] if _common(item.code, meant) >= alike))


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
