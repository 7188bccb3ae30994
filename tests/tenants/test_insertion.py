"""Rows of several tables in one statement: all of them or none, whatever their order."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from postgres.insertion import Insertion, insert
from tenants.models import Reseller, Tenant

pytestmark = pytest.mark.django_db

TENANT = """
    INSERT INTO tenants_tenant (reseller_id, name, siren, created_at)
    VALUES (%(reseller)s, %(name)s, %(siren)s, now())
"""
RESELLER = "INSERT INTO tenants_reseller (id, name, created_at) VALUES (%(reseller)s, %(name)s, now())"


def reseller(number: int, **changed: Any) -> Insertion:
    return Insertion(RESELLER, {"reseller": number, "name": "Caisses du Canal", **changed})


def tenant(number: int, **changed: Any) -> Insertion:
    return Insertion(TENANT, {"reseller": number, "name": "Caisses du Canal", "siren": "123456789", **changed})


def test_a_row_may_stand_before_the_one_it_belongs_to() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert(tenant(77), reseller(77))
    assert len(asked) == 1
    assert Tenant.objects.get().reseller == Reseller.objects.get(pk=77)


def test_one_that_is_refused_leaves_none() -> None:
    insert(reseller(77))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(tenant(77), reseller(77))
    assert not Tenant.objects.exists()


def test_nothing_to_write_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert()
    assert len(asked) == 0


def test_a_name_with_two_meanings_is_refused() -> None:
    with pytest.raises(AssertionError, match="name"):
        insert(tenant(77), reseller(77, name="Another"))
