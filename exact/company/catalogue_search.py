"""Finding an item of a division's master data by the beginning of its code or a part of its name."""

from dataclasses import dataclass

from django.db.models import Q

from booking.codes import CodeKind
from exact.company.catalogue import Catalogue
from exact.models import CatalogueItem, CatalogueKind, Division

FOUND_MAX = 50
PICKED = tuple(CatalogueKind(code) for code in CodeKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """An item to choose: its code and Exact's name for it."""

    code: str
    name: str


def search(division: Division, kind: CatalogueKind, text: str, *, limit: int = FOUND_MAX) -> list[FoundItem]:
    """At most `limit` items, by code: those whose code begins with `text`, or whose name holds every word of it."""
    named = Q()
    for word in text.split():
        named &= Q(name__plain_contains=word)
    rows = CatalogueItem.objects.filter(Q(code__istartswith=text) | named, division=division, kind=kind)
    return [FoundItem(code=code, name=name) for code, name in rows.order_by("code").values_list("code", "name")[:limit]]


def lists_of(division: Division, catalogue: Catalogue, *, longest: int) -> dict[CatalogueKind, list[FoundItem]]:
    """Every kind's items by code, where there are at most `longest`; a longer list must be searched."""
    lists: dict[CatalogueKind, list[FoundItem]] = {}
    for kind in PICKED:
        if kind == CatalogueKind.GL_ACCOUNT:
            items = search(division, kind, "", limit=longest + 1)
        else:
            items = [FoundItem(code=it.code, name=it.name) for it in catalogue.of_kind(kind)]
        if len(items) <= longest:
            lists[kind] = items
    return lists
