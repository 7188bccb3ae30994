"""Accounts whose name or VAT code in Exact speaks of another rate than the slot they are set for.

A hint, never an obstacle: an account may be called whatever its owner likes.
"""

from collections.abc import Iterator
from decimal import Decimal

from exact.company.catalogue import Catalogue, percentage
from exact.models import CatalogueItem, CatalogueKind
from ledger.money import rates_named
from ledger.problem import Problem


# "20 %", "5,5%", "TVA 2.10 %": as French charts of accounts write them.
def rate_hints(catalogue: Catalogue, account: CatalogueItem, rate: Decimal, field: str) -> Iterator[Problem]:
    """A hint if an account is for another rate than the slot's: by its name, else by its VAT code in Exact."""
    named = rates_named(account.name)
    facts = {"field": field, "account": account.code, "name": account.name, "rate": str(rate)}
    if named and rate not in named:
        said = ", ".join(str(it.normalize() + 0) for it in sorted(named))
        yield Problem(code="account_named_otherwise", facts={**facts, "found": said}, blocking=False)
    elif not named and (code := _vat_code_of(catalogue, account)) and percentage(code) != rate:
        told = {**facts, "vat_code": code.code, "found": str(percentage(code))}
        yield Problem(code="account_of_other_rate", facts=told, blocking=False)


def _vat_code_of(catalogue: Catalogue, account: CatalogueItem) -> CatalogueItem | None:
    code = str(account.facts.get("VATCode") or "").strip()
    return catalogue.get(CatalogueKind.VAT_CODE, code) if code else None
