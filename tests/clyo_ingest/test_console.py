"""The console's list of raw pushes: what each was answered, and the closing it is about."""

from django.test import Client
from django.urls import reverse

from clyo_ingest.models import ReceivedClosing
from tenants.factories import SupportFactory
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
