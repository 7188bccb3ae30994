"""The console's list of raw pushes: what each was answered, and the closing it is about."""

from html import unescape

from django.test import Client
from django.urls import reverse

from clyo_ingest.models import Push, ReceivedClosing
from tenants.factories import StaffFactory, SupportFactory
from tests.conftest import Caller, closing


def test_pushes__show_their_answer_and_their_closing(till: Caller) -> None:
    till.post("closings", closing())
    till.post("closings", closing())
    till.post("closings", closing(currency="XX"))
    client = Client()
    client.force_login(SupportFactory())
    page = client.get(reverse("admin:clyo_ingest_push_changelist"))
    rows = page.context["cl"].result_list
    shown = page.context["cl"].model_admin
    assert sorted((shown.answer(row), bool(shown.about(row))) for row in rows) == [
        ("200 – accepté", True),
        ("201 – accepté", True),
        ("422 – refusé", False),
    ]
    link = reverse("admin:exports_storedclosing_change", args=[ReceivedClosing.objects.get().pk])
    assert page.content.decode().count(f"<a href='{link}'>") == 2


def test_push__that_lacked_a_field_says_which(client: Client, till: Caller) -> None:
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    document = closing()
    document.pop("business_date")
    document["payments"][0]["amount"] = "a lot"
    refused = till.post("closings", document)
    assert refused.status_code == 422
    push = Push.objects.latest("received_at")
    page = unescape(client.get(reverse("admin:clyo_ingest_push_change", args=[push.pk])).content.decode())
    for fault in refused.json()["errors"]:
        assert f"<code>{fault['pointer']}</code>" in page
    assert "/payments/0/amount" in page
    till.post("closings", closing())
    taken = Push.objects.latest("received_at")
    page = client.get(reverse("admin:clyo_ingest_push_change", args=[taken.pk])).content.decode()
    assert "ce qui ne va pas" not in page.lower()
