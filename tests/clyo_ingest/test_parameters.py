"""PUT and GET /parameters: the whole set, every version kept, the newest in force."""

import copy
from typing import Any

import pytest

from clyo_ingest.models import Parameters
from tests.clyo_ingest.given import LEVELS, colleague, kept, pointers, stranger, suspend
from tests.conftest import PARAMETERS, Caller


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
