"""Settings of their day: a sales line is booked by what its slot had at its rate; a blank slot is not used."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import translation

from booking.history import history_of
from booking.mapping import Overrides, SlotOverride, set_overrides
from booking.models import Mapping
from exact.activation.switch import activate, choose_division
from exact.api.client import http_of_thread
from exact.api.connection import connect
from exact.models import Activation, Division, ExactApp
from exports import tasks
from exports.models import StoredClosing
from ledger.problem import Problem
from on_demand.models import OnDemandFormat
from tenants.factories import ResellerAdminFactory, StaffFactory
from tests.clients import english_client_of
from tests.conftest import PARAMETERS, REDIRECT, Caller, SimulatedExact, closing, work
from tests.exports.mapping.test_mapping_page import Desk, address, cell
from tests.ledger.files.readers.fec import read_fec
from tests.on_demand.given import asked as asked_for
from tests.on_demand.given import content_of, done, shop

OWN_TABLE = json.loads((Path(__file__).parent / "inputs" / "clyo-own-table.json").read_text())
Linked = tuple[Caller, Division]
SLOT_1, SLOT_2 = PARAMETERS["vat"]  # type: ignore[misc]
REDUCED = {"slot": 2, "rate": "5.50", "sales_account": "707000", "vat_code": "VB", "vat_account": "445713"}


def with_slots(*slots: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**PARAMETERS, "vat": [*slots], **more}


def sold(*sales: tuple[int, str, str, str]) -> dict[str, Any]:
    """A closing paid by card: slot, rate, net, VAT of each line; negative ones are refunds."""
    lines = [
        {
            "vat": slot,
            "rate": rate,
            "net": net,
            "tax": tax,
            "gross": f"{Decimal(net) + Decimal(tax):.2f}",
            "kind": "refund" if net.startswith("-") else "sale",
        }
        for slot, rate, net, tax in sales
    ]
    gross = f"{sum(Decimal(line['gross']) for line in lines):.2f}"
    paid = [{"means": "CB", "label": "Carte", "kind": "card", "amount": gross}]
    return closing(sales=lines, payments=paid, other_receipts=[], totals=None)


def sales_in(exact: SimulatedExact, division: Division) -> dict[tuple[str, str], Decimal]:
    """What the sales journal in Exact holds on sales accounts, by account and VAT code."""
    found: dict[tuple[str, str], Decimal] = {}
    for line in (it for entry in exact.entries(division.code) if entry["journal"] == "70" for it in entry["lines"]):
        if line["account_code"].startswith("70"):
            key = line["account_code"], line["vat_code"]
            found[key] = found.get(key, Decimal()) + Decimal(line["credit"]) - Decimal(line["debit"])
    return found


def vat_in(exact: SimulatedExact, division: Division) -> list[Decimal]:
    return [Decimal(entry["vat"]) for entry in exact.entries(division.code) if entry["journal"] == "70"]


def everything(division: Division) -> None:
    while work(division):
        pass


def test_late_closing__is_booked_by_the_settings_its_slot_had(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    answer = till.post("closings", sold((2, "10.00", "1000.00", "100.01")))
    assert (answer.json()["state"], answer.json()["problems"]) == ("ready", [])
    everything(division)
    assert sales_in(exact, division) == {("706000", "VR"): Decimal("1000.00")}
    assert vat_in(exact, division) == [Decimal("100.01")]


def test_late_closing__is_booked_by_what_was_said_last(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.put("parameters", with_slots(SLOT_1, {**SLOT_2, "sales_account": "706010"}))
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    till.put("parameters", with_slots(SLOT_1))
    till.post("closings", sold((2, "10.00", "10.00", "1.00"), (2, "5.50", "20.00", "1.10")))
    everything(division)
    assert sales_in(exact, division) == {("706010", "VR"): Decimal("10.00"), ("707000", "VB"): Decimal("20.00")}


def test_refund_of_before__stands_beside_sales_of_today(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    till.post("closings", sold((2, "5.50", "200.00", "11.00"), (2, "10.00", "-10.00", "-1.00")))
    everything(division)
    assert StoredClosing.objects.get().state == "exported"
    assert sales_in(exact, division) == {("707000", "VB"): Decimal("200.00"), ("706000", "VR"): Decimal("-10.00")}
    assert vat_in(exact, division) == [Decimal("10.00")]


def test_two_rates_of_a_slot__go_into_a_file_each_on_its_own_vat_account(transactional_db: None) -> None:
    till = shop()
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    till.post("closings", sold((2, "5.50", "200.00", "11.00"), (2, "10.00", "-10.00", "-1.00")))
    export = done(asked_for(till, OnDemandFormat.FEC))
    sums: dict[str, Decimal] = {}
    for line in read_fec(content_of(export)):
        sums[line.account] = sums.get(line.account, Decimal()) + line.credit - line.debit
    expected = {"707000": "200.00", "706000": "-10.00", "445713": "11.00", "445712": "-1.00"}
    assert {account: f"{sums[account]:.2f}" for account in expected} == expected


def test_rate_that_never_was__is_a_question_the_mapping_answers(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    answer = till.post("closings", sold((2, "2.10", "100.00", "2.10")))
    assert [it["code"] for it in answer.json()["problems"]] == ["slot_rate_mismatch"]
    person = english_client_of(ResellerAdminFactory(reseller=till.till.tenant.reseller))
    desk = Desk(person, till.till.establishment)
    assert cell(desk.client.get(address(desk.shop)), "former[2@2,10].sales_account").value == ""
    desk.click("save", **{"former[2@2,10].sales_account": "707000", "former[2@2,10].vat_code": "VS"})
    assert Mapping.objects.get().overrides == {
        "former_slots": {"2@2,10": {"sales_account": "707000", "vat_code": "VS"}}
    }
    tasks.release()
    everything(division)
    assert sales_in(exact, division) == {("707000", "VS"): Decimal("100.00")}


def overrides_of(till: Caller) -> dict[str, Any]:
    return Mapping.objects.get(establishment=till.till.establishment).overrides


def test_settings_of_people__go_with_the_rate_they_were_set_for(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    people = Overrides(slots={2: SlotOverride(sales_account="706010")}, shortage_account="658100")
    set_overrides(till.till.establishment, people, actor=None)
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    assert overrides_of(till) == {
        "former_slots": {"2@10,00": {"sales_account": "706010"}},
        "shortage_account": "658100",
    }
    till.post("closings", sold((2, "10.00", "10.00", "1.00"), (2, "5.50", "20.00", "1.10")))
    everything(division)
    assert sales_in(exact, division) == {("706010", "VR"): Decimal("10.00"), ("707000", "VB"): Decimal("20.00")}


def test_settings_of_people__come_back_with_their_rate(till: Caller) -> None:
    till.put("parameters", PARAMETERS)
    people = Overrides(slots={2: SlotOverride(sales_account="706010")})
    set_overrides(till.till.establishment, people, actor=None)
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    till.put("parameters", PARAMETERS)
    assert overrides_of(till) == {"slots": {"2": {"sales_account": "706010"}}}
    assert [it["rate"] for it in Mapping.objects.get().former_slots] == ["5.50"]


def test_settings_of_people__for_other_slots_stay(till: Caller) -> None:
    till.put("parameters", PARAMETERS)
    people = Overrides(slots={1: SlotOverride(sales_account="707020"), 7: SlotOverride(sales_account="707070")})
    set_overrides(till.till.establishment, people, actor=None)
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    assert overrides_of(till)["slots"].keys() == {"1", "7"}


def test_history__names_the_settings_that_went_with_their_rate(till: Caller) -> None:
    till.put("parameters", PARAMETERS)
    people = Overrides(slots={2: SlotOverride(sales_account="706010")})
    set_overrides(till.till.establishment, people, actor=None)
    till.put("parameters", with_slots(SLOT_1, REDUCED))
    with translation.override("en"):
        told = {it.setting: (it.before, it.after) for it in history_of(Mapping.objects.get())[0].settings}
    assert told["VAT 2: sales account"] == ("706010", "")
    assert told["VAT 2 (5.5 %): sales account"] == ("", "707000")
    assert told["VAT 2 (10 %): sales account"] == ("706000", "706010")


def test_own_table__asks_only_for_what_the_company_lacks(
    transactional_db: None, exact: SimulatedExact, till: Caller
) -> None:
    till.put("parameters", OWN_TABLE)
    assert [it.facts for it in choose_and_activate(till, exact)] == [{"field": "customer_account", "account": "410000"}]


def test_own_table__activates_without_a_click_where_the_company_has_its_accounts(
    transactional_db: None, exact: SimulatedExact, till: Caller
) -> None:
    till.put("parameters", {**OWN_TABLE, "customer_account": "411000"})
    assert choose_and_activate(till, exact) == []
    division = Activation.objects.get().division
    assert till.get("activation").json()["state"] == "active"
    till.post(
        "closings", sold((1, "20.00", "100.00", "20.00"), (2, "10.00", "10.00", "1.00"), (3, "0.00", "0.00", "0.00"))
    )
    everything(division)
    assert sales_in(exact, division) == {("707000", "VN"): Decimal("100.00"), ("707000", "VR"): Decimal("10.00")}


def choose_and_activate(till: Caller, exact: SimulatedExact) -> list[Problem]:
    """Link the till's establishment to a company of its own, as it stands."""
    division, user = exact.company()
    app, _ = ExactApp.objects.get_or_create(
        country="FR",
        defaults={"base_url": str(exact.http.base_url), "client_id": "demo-client", "client_secret": "demo-secret"},
    )
    code = exact.control("authorize", client_id="demo-client", redirect_uri=REDIRECT, user=user)["code"]
    connection = connect(tenant=till.till.tenant, app=app, code=code, redirect_uri=REDIRECT, http=http_of_thread())
    return activate(choose_division(till.till.establishment, connection, division))


def test_ten_slots__leave_an_active_shop_active(linked: Linked) -> None:
    till, _division = linked
    nothing = {"rate": "0.00", "sales_account": "", "vat_code": "", "vat_account": ""}
    blank = [{"slot": slot, **nothing} for slot in range(3, 11)]
    till.put("parameters", with_slots(SLOT_1, SLOT_2, *blank))
    status = till.get("activation").json()
    assert (status["state"], status["problems"]) == ("active", [])
    assert till.post("closings", sold((2, "10.00", "10.00", "1.00"))).json()["state"] == "ready"
    page = english_client_of(StaffFactory(reseller=till.till.tenant.reseller)).get(address(till.till.establishment))
    assert cell(page, "vat[4].sales_account").left_open == "not used"
    assert cell(page, "vat[4].sales_account").sentences == []


def test_blank_slot__that_a_closing_uses_is_asked_for(linked: Linked) -> None:
    till, _division = linked
    blank = {"slot": 3, "rate": "0.00", "sales_account": "", "vat_code": "", "vat_account": "445600"}
    till.put("parameters", with_slots(SLOT_1, SLOT_2, blank))
    answer = till.post("closings", sold((3, "0.00", "10.00", "0.00")))
    assert answer.json()["state"] == "held"
    said = [(it["code"], it["message"]) for it in answer.json()["problems"]]
    assert [code for code, _ in said] == ["slot_without_vat_code", "slot_without_account"]
    assert all("TVA 3" in words for _, words in said)


def test_blank_slot__is_none_at_another_rate(linked: Linked) -> None:
    till, _division = linked
    blank = {"slot": 3, "rate": "0.00", "sales_account": "", "vat_code": "", "vat_account": "445600"}
    till.put("parameters", with_slots(SLOT_1, SLOT_2, blank))
    answer = till.post("closings", sold((3, "5.50", "10.00", "0.55")))
    assert [it["code"] for it in answer.json()["problems"]] == ["slot_unmapped"]


def test_blank_slot__books_late_what_it_had(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.put("parameters", with_slots(SLOT_1, {**SLOT_2, "rate": "0.00", "sales_account": "", "vat_code": ""}))
    till.post("closings", sold((2, "10.00", "10.00", "1.00")))
    everything(division)
    assert sales_in(exact, division) == {("706000", "VR"): Decimal("10.00")}
