"""A SIREN under which a FEC was numbered stays, on the form and in the database."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from on_demand.models import OnDemandExport
from tenants.models import Tenant
from tests.on_demand.given import done, push, shop, staff_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_another_siren__is_taken_until_entries_were_numbered_under_it() -> None:
    till = shop()
    tenant, client = till.till.tenant, staff_of(till)
    form = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    assert client.post(form, {"name": tenant.name, "siren": "732829320"}).status_code == 302
    tenant.refresh_from_db()
    assert tenant.siren == "732829320"

    push(till, 1042)
    assert till.post("exports", {"from": "2026-03-14", "to": "2026-03-14", "format": "fec"}).status_code == 202
    assert done(OnDemandExport.objects.get()).state == "done"
    page = client.post(form, {"name": tenant.name, "siren": "552100554"})
    assert "SIREN 732829320" in page.content.decode() and page.status_code == 200
    assert client.post(form, {"name": "Autre nom", "siren": "732829320"}).status_code == 302
    with pytest.raises(IntegrityError, match="numbered under this SIREN"), transaction.atomic():
        Tenant.objects.filter(pk=tenant.pk).update(siren="552100554")
    tenant.refresh_from_db()
    assert (tenant.name, tenant.siren) == ("Autre nom", "732829320")
