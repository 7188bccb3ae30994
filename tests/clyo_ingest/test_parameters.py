"""PUT and GET /parameters: the whole set, every version kept, the newest in force."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clyo_ingest.models import Parameters
from exact.models import Division
from tenants.factories import StaffFactory
from tests.clyo_ingest.given import LEVELS, kept, pointers, stranger, suspend
from tests.conftest import PARAMETERS, Caller, closing, colleague
from tests.ledger.given import pay, sale


def changed(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(PARAMETERS) | changes


def test_put__is_in_force(till: Caller) -> None:
    answer = till.put("parameters", PARAMETERS)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    read = till.get("parameters").json()
    assert read == answer.json()
    assert read["parameters"]["vat"] == PARAMETERS["vat"]
    assert read["parameters"]["journals"] == PARAMETERS["journals"]


def test_put__keeps_every_version(till: Caller) -> None:
    till.put("parameters", PARAMETERS)
    till.put("parameters", changed(third_party="0000003"))
    assert till.get("parameters").json()["parameters"]["third_party"] == "0000003"
    rows = Parameters.objects.order_by("version").values_list("version", "document__third_party")
    assert [*rows] == [(1, "0000002"), (2, "0000003")]


def test_put__the_same_makes_no_version(till: Caller) -> None:
    answers = [till.put("parameters", changed(loyalty=extra)).json() for extra in (1, 2)]
    assert answers[0] == answers[1]
    assert Parameters.objects.count() == 1


@pytest.mark.parametrize("journals", [None, {}, {"sales": "VT", "receipts": "BQ"}])
def test_put__journals_may_be_absent_or_not_numeric(till: Caller, journals: dict[str, str] | None) -> None:
    document = changed()
    del document["journals"]
    if journals is not None:
        document["journals"] = journals
    assert till.put("parameters", document).status_code == 200


FAULTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"vat": []}, {"/vat": "too_short"}),
    (
        {"vat": [{"slot": 11, "rate": "20"}]},
        {"/vat/0/slot": "less_than_equal", "/vat/0/rate": "string_pattern_mismatch"},
    ),
    ({"vat": PARAMETERS["vat"] * 6}, {"/vat": "too_long"}),  # type: ignore[operator]
    (
        {"customer_account": 411000, "third_party": None},
        dict.fromkeys(["/customer_account", "/third_party"], "string_type"),
    ),
    ({"journals": {"sales": 70}}, {"/journals/sales": "string_type"}),
    ({"third_party": "\x00"}, {"/third_party": "string_nul"}),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTS, ids=[",".join(changes) for changes, _ in FAULTS])
def test_invalid__names_every_fault(till: Caller, changes: dict[str, Any], expected: dict[str, str]) -> None:
    answer = till.put("parameters", changed(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, "parameters_invalid")
    assert expected.items() <= pointers(answer).items()
    assert kept(till) == [(422, "parameters_invalid")]
    assert not Parameters.objects.exists()


def test_get__before_any_is_404(till: Caller) -> None:
    assert till.get("parameters").status_code == 404


def test_get__is_the_establishments(till: Caller) -> None:
    till.put("parameters", PARAMETERS)
    assert colleague(till).get("parameters").json() == till.get("parameters").json()
    assert stranger().get("parameters").status_code == 404


@pytest.mark.parametrize("level", LEVELS)
def test_suspended__is_403_and_kept(till: Caller, level: str) -> None:
    suspend(till.till, level)
    assert till.put("parameters", PARAMETERS).status_code == 403
    assert (kept(till), Parameters.objects.count()) == ([(403, "suspended")], 0)


def test_key__unknown_is_401(till: Caller) -> None:
    assert Caller(till.till, "nonsense").put("parameters", PARAMETERS).status_code == 401


FOURTH = {"slot": 4, "rate": "5.50", "sales_account": "707000", "vat_code": "VR", "vat_account": "445600"}
WITH_FOURTH = changed(vat=[*PARAMETERS["vat"], FOURTH])  # type: ignore[misc]


def sold_under(slot: int, number: int = 1042) -> dict[str, Any]:
    """A closing with one sale, of this VAT slot at 5.50 %."""
    line = sale(2, "100.00", "5.50") | {"vat": slot, "rate": "5.50"}
    alone: dict[str, Any] = {"other_receipts": [], "cash": None, "totals": None, "tickets": []}
    return closing(number, sales=[line], payments=[pay("CB", "105.50")], **alone)


def test_put__of_another_till_says_whose_it_replaces(till: Caller) -> None:
    first, other = till.put("parameters", PARAMETERS).json(), colleague(till)
    assert (first["replaces"], first["problems"]) == (None, [])
    second = other.put("parameters", changed(third_party="0000003")).json()
    assert second["replaces"] == {"version": 1, "till": till.till.name, "received_at": first["received_at"]}
    (said,) = second["problems"]
    assert (said["code"], said["blocking"]) == ("parameters_of_another_till", False)
    assert till.till.name in said["message"]
    assert till.get("parameters").json() == second
    again = other.put("parameters", changed(third_party="0000004")).json()
    assert (again["replaces"], again["problems"]) == (None, [])


def test_put__without_a_slot_that_closings_used_warns(till: Caller) -> None:
    till.put("parameters", WITH_FOURTH)
    till.post("closings", sold_under(4))
    (said,) = till.put("parameters", PARAMETERS).json()["problems"]
    assert (said["code"], said["pointer"]) == ("slots_gone", "/vat")
    assert " 4" in said["message"]
    assert till.put("parameters", WITH_FOURTH).json()["problems"] == []


def test_put__without_a_slot_that_nobody_used_says_nothing(till: Caller) -> None:
    till.put("parameters", WITH_FOURTH)
    stranger().post("closings", sold_under(4))
    assert till.put("parameters", PARAMETERS).json()["problems"] == []


def test_slot__that_is_gone_is_booked_as_before(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    till.put("parameters", changed(vat=[*PARAMETERS["vat"], FOURTH | {"rate": "10.00"}]))  # type: ignore[misc]
    assert colleague(till).put("parameters", PARAMETERS).status_code == 200
    tenth = closing(1042, sales=[sale(2, "100.00", "10.00") | {"vat": 4}], payments=[pay("CB", "110.00")])
    answer = till.post("closings", tenth | {"other_receipts": [], "cash": None, "totals": None})
    assert answer.json()["state"] == "ready", answer.json()


def test_change__is_told_in_the_log_and_the_set_up(till: Caller) -> None:
    till.put("parameters", WITH_FOURTH)
    till.post("closings", sold_under(4))
    colleague(till).put("parameters", PARAMETERS)
    events = till.get(f"log?date={timezone.localdate()}").json()["events"]
    (said,) = [it for it in events if it["state"] == "parameters"]
    assert till.till.name in said["detail"]
    assert "TVA 4" in said["detail"]
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    page = client.get(reverse("console_set_up_customer", args=[till.till.tenant_id])).content.decode()
    assert "TVA 4" in page
    client.force_login(StaffFactory())
    assert client.get(reverse("console_set_up_customer", args=[till.till.tenant_id])).status_code == 404
