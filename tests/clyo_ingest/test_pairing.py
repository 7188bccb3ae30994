"""POST /pair: a code from the console becomes a till's key, once, within a day, and guessing is slow."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from clyo_ingest.keys import issue_code
from clyo_ingest.models import PairingCode, TillKey
from tenants.factories import TillFactory
from tenants.models import Till
from tests.clyo_ingest.given import LEVELS, pointers, suspend
from tests.conftest import Caller, closing

SOFTWARE = {"name": "Clyo", "version": "5.12.9"}


@pytest.fixture(autouse=True)
def nobody_guessed_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def unpaired(db: None) -> Till:
    return TillFactory()


def pair(code: Any, **more: Any) -> Any:
    return Client().post("/api/v1/pair", {"code": code, **more}, content_type="application/json")


def test_pair__gives_a_key_that_works(unpaired: Till) -> None:
    answer = pair(issue_code(unpaired, by=None), software=SOFTWARE, device="POS-7")
    assert answer.status_code == 201
    assert answer.json()["till"] == {
        "id": unpaired.pk,
        "name": unpaired.name,
        "establishment": {"code": unpaired.establishment.code, "name": unpaired.establishment.name},
        "customer": unpaired.tenant.name,
    }
    assert Caller(unpaired, answer.json()["key"]).post("closings", closing()).status_code == 201
    unpaired.refresh_from_db()
    assert (unpaired.software, unpaired.device) == ("Clyo 5.12.9", "POS-7")
    assert unpaired.paired_at is not None


def test_pair__stores_neither_code_nor_key(unpaired: Till) -> None:
    code = issue_code(unpaired, by=None)
    key = pair(code).json()["key"]
    stored = str([*PairingCode.objects.values()]) + str([*TillKey.objects.values()])
    assert code.replace("-", "") not in stored
    assert key.split("_", 2)[2] not in stored


@pytest.mark.parametrize("spelling", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_pair__forgives_how_the_code_is_typed(unpaired: Till, spelling: Any) -> None:
    assert pair(spelling(issue_code(unpaired, by=None))).status_code == 201


def test_code__works_once(unpaired: Till) -> None:
    code = issue_code(unpaired, by=None)
    first, again = pair(code), pair(code)
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 403, "pairing_refused")
    assert Caller(unpaired, first.json()["key"]).get("till").status_code == 200


@pytest.mark.parametrize(("age", "status"), [(timedelta(hours=23, minutes=59), 201), (timedelta(hours=24), 403)])
def test_code__lives_a_day(unpaired: Till, age: timedelta, status: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = issue_code(unpaired, by=None)
        clock.shift(age)
        assert pair(code).status_code == status


def test_code__ends_when_another_is_made(unpaired: Till) -> None:
    first, second = issue_code(unpaired, by=None), issue_code(unpaired, by=None)
    assert [pair(first).status_code, pair(second).status_code] == [403, 201]


@pytest.mark.parametrize("level", LEVELS)
def test_code__of_a_suspended_till_is_refused(unpaired: Till, level: str) -> None:
    code = issue_code(unpaired, by=None)
    suspend(unpaired, level)
    answer = pair(code)
    assert (answer.status_code, answer.json()["code"], TillKey.objects.count()) == (403, "suspended", 0)
    assert PairingCode.objects.get().used_at is None


def test_pair__again_ends_the_keys_before(unpaired: Till) -> None:
    old = Caller(unpaired, pair(issue_code(unpaired, by=None)).json()["key"])
    assert old.get("till").status_code == 200
    assert pair(issue_code(unpaired, by=None)).status_code == 201
    assert old.get("till").status_code == 401
    assert old.get("till").json()["code"] == "key_replaced"


def test_guessing__is_throttled(unpaired: Till) -> None:
    guesses = [pair("AAAA-AAAA") for _ in range(10)]
    assert {guess.status_code for guess in guesses} == {403}
    answer = pair(issue_code(unpaired, by=None))
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"/code": "missing"}),
        ({"code": 12}, {"/code": "string_type"}),
        ({"code": "A" * 21, "device": 7}, {"/code": "string_too_long", "/device": "string_type"}),
        ({"code": "AAAA-AAAA", "device": "\x00"}, {"/device": "string_nul"}),
    ],
)
def test_invalid__names_every_fault(db: None, body: dict[str, Any], expected: dict[str, str]) -> None:
    answer = Client().post("/api/v1/pair", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "pairing_invalid")
    assert pointers(answer) == expected


def test_not_json__is_400(db: None) -> None:
    answer = Client().post("/api/v1/pair", b"{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")


def test_pair__a_body_that_is_far_too_large_is_refused(db: None) -> None:
    answer = Client().post(
        "/api/v1/pair", {"code": "AAAA-BBBB", "device": "x" * 20_000}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
