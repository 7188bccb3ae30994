"""The master data of new companies of the simulated Exact: the same in each, so it is read once and then copied.

Reading it takes some sixteen calls; to read it is what `exact/company`'s own tests are for.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from exact.models import CatalogueItem, CatalogueKind, Division
from simulators.exact_online.seed.stable import stable_id

# What the simulator makes a row's id of, beside its company.
SEEDED: dict[str, Callable[[CatalogueItem], tuple[str, str]]] = {
    CatalogueKind.GL_ACCOUNT: lambda it: ("financial/GLAccounts", it.code),
    CatalogueKind.VAT_CODE: lambda it: ("vat/VATCodes", it.code),
    CatalogueKind.JOURNAL: lambda it: ("financial/Journals", it.code),
    CatalogueKind.PAYMENT_CONDITION: lambda it: ("cashflow/PaymentConditions", it.code),
    CatalogueKind.COST_CENTER: lambda it: ("hrm/Costcenters", it.code),
    CatalogueKind.PERIOD: lambda it: ("financial/FinancialPeriods", it.code),
    CatalogueKind.THIRD_PARTY: lambda it: ("crm/Accounts", str(it.facts["Code"]).strip()),
}
INSERT = """
INSERT INTO exact_catalogueitem (tenant_id, division_id, kind, code, exact_id, name, facts, read_at)
SELECT %s, %s, kind, code, exact_id, name, facts::jsonb, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS known (kind, code, exact_id, name, facts)
"""


@dataclass(frozen=True, slots=True)
class KnownCatalogue:
    """The items of one company as `activate` read them, and what it noted of the company."""

    items: list[CatalogueItem]
    forbidden: list[str]
    journal_accounts: dict[str, str]

    @classmethod
    def of(cls, division: Division) -> "KnownCatalogue":
        """What has just been read of a new company."""
        items = [*CatalogueItem.objects.filter(division=division).order_by("pk")]
        assert [it.exact_id for it in items] == [_id_of(it, division) for it in items], "the seed is another one"
        return cls(items, division.forbidden, division.journal_accounts)

    def copy_to(self, division: Division) -> None:
        """Leave behind what reading the new company would."""
        now = timezone.now()
        columns = [
            [it.kind for it in self.items],
            [it.code for it in self.items],
            [_id_of(it, division) for it in self.items],
            [it.name for it in self.items],
            [json.dumps(it.facts) for it in self.items],
        ]
        with connection.cursor() as sql:
            sql.execute(INSERT, [division.tenant_id, division.pk, now, *columns])
        division.catalogue_read_at, division.forbidden = now, [*self.forbidden]
        division.journal_accounts = {**self.journal_accounts}
        division.save(update_fields=["catalogue_read_at", "forbidden", "journal_accounts"])


def _id_of(item: CatalogueItem, division: Division) -> str:
    return stable_id(division.code, *SEEDED[item.kind](item))
