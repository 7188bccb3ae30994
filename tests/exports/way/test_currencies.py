"""Amounts carry their own currency: of a closing in francs nothing is called euros, wherever it is shown."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clyo_ingest.models import Push
from concerns.closings import failed_and_held
from exports.models import StoredClosing
from tenants.factories import SupportFactory
from tenants.viewpoint import Scope
from tests.conftest import Caller, closing

# A sum that does not hold on a line, in the drawer, between this one and the one before.
WRONG: dict[str, Any] = {
    "currency": "CHF",
    "cash": {"float_open": "100.00", "expected": "5.00", "counted": "5.00", "banked": "0.00", "float_left": "5.00"},
    "totals": {"gross": "1400.00", "perpetual_before": "1.00", "perpetual_after": "1401.00"},
}
IN_EUROS = re.compile(r"[0-9]\s€")


@pytest.fixture
def in_francs(till: Caller) -> dict[str, Any]:
    """What the till was answered for a closing in francs, after one in euros."""
    assert till.post("closings", closing(1042, cash={"float_open": "1.00", "float_left": "150.00"})).status_code == 201
    answer = till.post("closings", closing(1043, **WRONG))
    assert answer.status_code == 201
    told: dict[str, Any] = answer.json()
    return told


def page(path: str) -> str:
    """A page as support reads it, with plain spaces."""
    client = Client()
    client.force_login(SupportFactory())
    return " ".join(html.unescape(client.get(path).content.decode()).split())


def test_problems__of_a_closing_in_francs(in_francs: dict[str, Any]) -> None:
    said = [it["message"] for it in in_francs["problems"]]
    assert {it["code"] for it in in_francs["problems"]} == {"currency", "cash_expected", "perpetual_break", "float_gap"}
    assert [it for it in said if "€" in it] == []
    assert any("150,00\xa0CHF" in it for it in said)


def test_closing_in_francs__on_its_page_and_in_the_list(in_francs: dict[str, Any]) -> None:
    shown = page(reverse("admin:exports_storedclosing_change", args=[in_francs["id"]]))
    assert "1 400,00 CHF" in shown
    assert IN_EUROS.findall(shown) == []
    listed = page(f"{reverse('admin:exports_storedclosing_changelist')}?state=held")
    assert "1 400,00 CHF" in listed
    assert IN_EUROS.findall(listed) == []


def test_closing_in_francs__is_added_up_with_no_euros(in_francs: dict[str, Any]) -> None:
    scope = Scope(user=SupportFactory())
    held = [*failed_and_held(scope)]
    assert held
    assert [it.amount for it in held if it.amount is not None] == []
    assert StoredClosing.objects.get(pk=in_francs["id"]).currency == "CHF"


def test_second_closing_of_a_number__is_compared_in_the_currency_of_each(till: Caller) -> None:
    till.post("closings", closing(1050))
    assert till.post("closings", closing(1050, currency="CHF", totals=None)).status_code == 409
    push = Push.objects.get(answer_status=409)
    shown = page(reverse("admin:clyo_ingest_push_change", args=[push.pk]))
    assert "1 400,00 €" in shown
    assert "1 400,00 CHF" in shown
