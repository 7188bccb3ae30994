"""The last business date of shops and of tills, each by one look into an index, however many closings they have.

A closing that a person set aside is nobody's last one: its date may be wrong, and it is in no book.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Model, OuterRef, Subquery

from exports.coverage.aside import not_aside
from exports.models import StoredClosing
from tenants.models import Establishment, Till


def last_days_of_tills(tills: Iterable[Till]) -> dict[int, date]:
    """The last business date of each till, by its key; along the index `exports_latest_of_till`."""
    return _latest(Till, "till", (it.pk for it in tills))


def last_days_of_shops(shops: Iterable[Establishment]) -> dict[int, date]:
    """The last business date of each establishment, by its key; along the index `exports_shop_days`."""
    return _latest(Establishment, "establishment", (it.pk for it in shops))


def last_day_of_till() -> Subquery:
    """The same of the tills that a query reads, beside each."""
    return _find_latest("till")


def last_day_of_shop() -> Subquery:
    """The same of the establishments that a query reads, beside each."""
    return _find_latest("establishment")


def _latest(of: type[Model], field: str, keys: Iterable[int]) -> dict[int, date]:
    rows = of._default_manager.filter(pk__in=[*keys]).order_by()
    found = rows.annotate(last_day=_find_latest(field)).exclude(last_day=None)
    return dict(found.values_list("pk", "last_day"))


def _find_latest(field: str) -> Subquery:
    own = StoredClosing.objects.filter(not_aside(), **{field: OuterRef("pk")}).order_by("-business_date")
    return Subquery(own.values("business_date")[:1])
