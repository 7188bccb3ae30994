"""Locking customers, so that none is handed over to another reseller before what is begun with it stands.

Whoever waited for a hand-over sees the customer no longer: the database hides it (docs/decisions/0038). So what is
returned is asked of, and nothing that was read before the lock.
"""

from collections.abc import Iterable

from django.db import connection

from postgres.transactions import assert_in_transaction
from tenants.models import Tenant

HOLD = "SELECT id FROM tenants_tenant WHERE id = ANY (%s) ORDER BY id FOR SHARE"


class CustomerGone(Exception):
    """A customer was handed over to another reseller meanwhile: it is not to be seen any more."""


def hold_customers(keys: Iterable[int]) -> set[int]:
    """Keep these customers (by id) from being handed over until the transaction ends; others may hold them too.

    Returns those that whoever is served still sees.
    """
    assert_in_transaction()
    with connection.cursor() as sql:
        sql.execute(HOLD, [sorted({*keys})])
        return {pk for (pk,) in sql.fetchall()}


def lock_customers(keys: Iterable[int]) -> set[int]:
    """The same, and one transaction at a time."""
    assert_in_transaction()
    rows = Tenant.objects.select_for_update(of=("self",), no_key=True).filter(pk__in={*keys}).order_by("pk")
    return {*rows.values_list("pk", flat=True)}
