"""POST /closings: every answer of the contract, and the raw push kept whatever it is."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from clyo_ingest.inbox import BODY_MAX
from clyo_ingest.keys import revoke_keys
from clyo_ingest.models import Push, ReceivedClosing
from clyo_ingest.throttles import PushThrottle
from exact.models import Division
from exports.models import StoredClosing
from tenants.models import Establishment
from tests.clyo_ingest.given import LEVELS, codes, gzipped, kept, pointers, push_bytes, suspend
from tests.conftest import CLOSING, Caller, closing, colleague
from tests.ledger.given import pay, sale

GZIP = {"Content-Encoding": "gzip"}


def test_push__is_taken(till: Caller) -> None:
    answer = till.post("closings", closing())
    body = answer.json()
    assert (answer.status_code, body["state"], body["problems"]) == (201, "waiting", [])
    assert body["identity"] == {"kind": "general", "scope": "", "number": 1042}
    assert body["links"]["self"].endswith(f"/api/v1/closings/{body['id']}")
    assert StoredClosing.objects.get(pk=body["id"]).document["sales"][0]["gross"] == "1100.01"


def test_push__is_kept_raw(till: Caller) -> None:
    body = json.dumps(closing(), indent=3).encode()
    answer = push_bytes(till, body)
    push = ReceivedClosing.objects.get(pk=answer.json()["id"]).push
    assert bytes(push.body) == body


def test_retry__is_answered_the_same(till: Caller) -> None:
    first, again = till.post("closings", closing()), till.post("closings", closing())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert ReceivedClosing.objects.filter(till=till.till).count() == 1
    repeat = Push.objects.latest("pk")
    assert (repeat.answer_status, str(repeat.closing_id)) == (200, first.json()["id"])


def test_retry__with_other_spacing_and_key_order_is_the_same(till: Caller) -> None:
    first = till.post("closings", closing())
    turned = dict(reversed([*closing().items()]))
    again = push_bytes(till, json.dumps(turned, indent=2).encode())
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({"business_date": "2026-03-15"}, {"/business_date"}),
        ({"payments": [], "currency": "CHF"}, {"/payments", "/currency"}),
        ({"totals": None}, {"/totals"}),
    ],
)
def test_conflict__says_what_differs_and_the_first_stands(
    till: Caller, changes: dict[str, Any], differing: set[str]
) -> None:
    first = till.post("closings", closing())
    other = till.post("closings", closing(**changes))
    assert (other.status_code, other.json()["code"]) == (409, "closing_conflict")
    assert pointers(other) == dict.fromkeys(differing, "differs")
    assert till.post("closings", closing()).json() == first.json()
    assert StoredClosing.objects.get(pk=first.json()["id"]).document["business_date"] == "2026-03-14"
    assert kept(till)[1] == (409, "closing_conflict")


def test_identity__has_kind_and_scope(till: Caller) -> None:
    asked = [{}, {"kind": "station", "scope": "1"}, {"kind": "station", "scope": "2"}, {"kind": "drawer"}]
    answers = [till.post("closings", closing(**changes)) for changes in asked]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4


@pytest.mark.parametrize(
    "body",
    [b" ", b"{", b"\xff\xfe{}", b'{"number": 1042', b"[" * 100_000],
    ids=["empty", "open", "utf16", "cut", "deep"],
)
def test_not_json__is_400(till: Caller, body: bytes) -> None:
    answer = push_bytes(till, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert kept(till) == [(400, "not_json")]
    assert bytes(Push.objects.get().body) == body


def test_byte_order_mark__is_no_part_of_the_json(till: Caller) -> None:
    body = json.dumps(closing()).encode()
    assert push_bytes(till, b"\xef\xbb\xbf" + body).status_code == 201
    assert push_bytes(till, body).status_code == 200


@pytest.mark.parametrize(
    "body", [b"no gzip at all", gzipped(CLOSING)[:-20], gzipped("not json")[:5]], ids=["plain", "cut", "header"]
)
def test_broken_gzip__is_400(till: Caller, body: bytes) -> None:
    answer = push_bytes(till, body, **GZIP)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert kept(till) == [(400, "not_json")]


def packed_text(size: int) -> bytes:
    """A JSON text of so many bytes and two quotes, packed in no time."""
    return gzip.compress(b'"' + b"a" * size + b'"', compresslevel=1)


@pytest.mark.parametrize(
    ("make", "headers"),
    [
        (lambda: b'"' + b"a" * (BODY_MAX - 1) + b'"', {}),
        (lambda: b'"' + b"a" * (3 * BODY_MAX) + b'"', {}),
        (lambda: packed_text(BODY_MAX - 1), GZIP),
        (lambda: packed_text(100 * BODY_MAX), GZIP),
    ],
    ids=["one byte over", "far over", "gzip one byte over", "gzip bomb"],
)
def test_too_large__is_413(till: Caller, make: Callable[[], bytes], headers: dict[str, str]) -> None:
    body = make()
    answer = push_bytes(till, body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert kept(till) == [(413, "too_large")]
    assert bytes(Push.objects.get().body) == body[: BODY_MAX + 1]


@pytest.mark.parametrize("pack", [lambda body: body, None], ids=["plain", "gzip"])
def test_largest__is_taken(till: Caller, pack: Callable[[bytes], bytes] | None) -> None:
    document = closing(padding="")
    document["padding"] = "a" * (BODY_MAX - len(json.dumps(document)))
    body = json.dumps(document).encode()
    assert len(body) == BODY_MAX
    answer = push_bytes(till, pack(body)) if pack else push_bytes(till, gzipped(document), **GZIP)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("text/plain", {}),
        ("application/xml", {}),
        ("application/x-www-form-urlencoded", {}),
        ("application/json", {"Content-Encoding": "br"}),
        ("application/json", {"Content-Encoding": "gzip, gzip"}),
    ],
)
def test_other_media_type__is_415(till: Caller, content_type: str, headers: dict[str, str]) -> None:
    answer = push_bytes(till, json.dumps(closing()).encode(), content_type, **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert kept(till) == [(415, "unsupported_media_type")]


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json__is_taken_whatever_its_spelling(till: Caller, content_type: str) -> None:
    assert push_bytes(till, json.dumps(closing()).encode(), content_type).status_code == 201


def test_gzip__is_taken_and_is_the_same_closing(till: Caller) -> None:
    packed = push_bytes(till, gzipped(closing()), **GZIP)
    plain = till.post("closings", closing())
    assert (packed.status_code, plain.status_code) == (201, 200)
    assert plain.json() == packed.json()


def test_unknown_fields__are_ignored_and_kept_raw(till: Caller) -> None:
    document = closing(loyalty={"points": 12})
    document["sales"][0]["waiter"] = "Zoé"
    assert till.post("closings", document).status_code == 201
    assert till.post("closings", closing()).status_code == 200
    assert json.loads(bytes(Push.objects.earliest("pk").body))["loyalty"] == {"points": 12}


FAULTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"number": "1042"}, {"/number": "int_type"}),
    ({"number": 0}, {"/number": "greater_than_equal"}),
    ({"number": 1042.5}, {"/number": "int_type"}),
    ({"kind": "weekly"}, {"/kind": "literal_error"}),
    ({"business_date": "14/03/2026"}, {"/business_date": "date_from_datetime_parsing"}),
    ({"closed_at": "2026-03-15T00:40:00"}, {"/closed_at": "timezone_aware"}),
    ({"currency": "euro"}, {"/currency": "string_pattern_mismatch"}),
    ({"training": "no"}, {"/training": "bool_type"}),
    ({"sales": {}}, {"/sales": "list_type"}),
    ({"payments": [7]}, {"/payments/0": "model_type"}),
    ({"totals": {"gross": 1400.0}}, {"/totals/gross": "string_type"}),
    ({"totals": {"gross": "1400,00"}}, {"/totals/gross": "string_pattern_mismatch"}),
    ({"totals": {"gross": "1400.0"}}, {"/totals/gross": "string_pattern_mismatch"}),
    ({"scope": "x" * 41}, {"/scope": "string_too_long"}),
]


@pytest.mark.parametrize(("changes", "expected"), FAULTS, ids=[json.dumps(changes)[:40] for changes, _ in FAULTS])
def test_invalid__names_the_fault(till: Caller, changes: dict[str, Any], expected: dict[str, str]) -> None:
    answer = till.post("closings", closing() | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "closing_invalid")
    assert pointers(answer) == expected
    assert all(fault["message"] for fault in answer.json()["errors"])
    assert kept(till) == [(422, "closing_invalid")]
    assert not ReceivedClosing.objects.exists()


def test_invalid__lists_all_faults(till: Caller) -> None:
    document = closing(currency="") | {"number": None}
    del document["business_date"]
    document["sales"][0] |= {"vat": 11, "net": 1000}
    del document["sales"][1]["tax"]
    document["payments"][2]["kind"] = "barter"
    assert pointers(till.post("closings", document)) == {
        "/number": "int_type",
        "/business_date": "missing",
        "/currency": "string_pattern_mismatch",
        "/sales/0/vat": "less_than_equal",
        "/sales/0/net": "string_type",
        "/sales/1/tax": "missing",
        "/payments/2/kind": "literal_error",
    }


@pytest.mark.parametrize("document", [[], "closing", 12, None], ids=repr)
def test_invalid__is_no_object(till: Caller, document: Any) -> None:
    answer = push_bytes(till, json.dumps(document).encode())
    assert (answer.status_code, pointers(answer)) == (422, {"": "model_type"})


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "a\x00b"},
        {"software": {"name": "\x00"}},
        {"other_receipts": [{"kind": "tip", "amount": "25.00", "label": "\x00"}]},
        {"software": {"name": "\ud800"}},
        {"signature": {"value": "\ud800"}},
        {"payments": [{"means": "ESP", "kind": "cash", "amount": "１２.００"}]},
        {"closed_at": "0001-01-01T00:00:00+14:00"},
        {"closed_at": "9999-12-31T23:59:59-14:00"},
        {"closed_at": "2026-03-15T02:00:00+23:59"},
        {"business_date": "9999-12-31"},
    ],
    ids=[
        "nul in scope",
        "nul in name",
        "nul in list",
        "lone surrogate",
        "lone surrogate in what is only compared",
        "digits of another script",
        "before time",
        "after time",
        "an offset of no place",
        "after days",
    ],
)
def test_what_no_database_holds__is_422(till: Caller, changes: dict[str, Any]) -> None:
    answer = till.post("closings", closing() | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "closing_invalid")
    assert kept(till) == [(422, "closing_invalid")]


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "key_missing"),
        ("", "key_missing"),
        ("Bearer", "key_missing"),
        ("Basic dGlsbDp0aWxs", "key_missing"),
        ("Bearer nonsense", "key_unknown"),
        ("Bearer clyo_AAAAAAAA_nonsense", "key_unknown"),
        ("Bearer " + "x" * 500, "key_unknown"),
        ("Bearer clyo_\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9_nonsense", "key_unknown"),
    ],
)
def test_key__that_is_not_known_is_401(db: None, authorization: str | None, code: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = Client().post("/api/v1/closings", closing(), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not Push.objects.exists()


def test_key__with_another_secret_is_401(till: Caller) -> None:
    forged = Caller(till.till, till.key[:-1] + ("A" if till.key[-1] != "A" else "B"))
    assert forged.post("closings", closing()).status_code == 401


def test_key__revoked_is_401_on_the_next_call(till: Caller) -> None:
    assert till.post("closings", closing()).status_code == 201
    revoke_keys(till.till)
    answer = till.post("closings", closing())
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")


@pytest.mark.parametrize("level", LEVELS)
def test_suspended__is_403_on_the_next_call_and_the_push_is_kept(till: Caller, level: str) -> None:
    assert till.post("closings", closing()).status_code == 201
    suspend(till.till, level)
    answer = till.post("closings", closing(1043))
    assert (answer.status_code, answer.json()["code"]) == (403, "suspended")
    assert kept(till)[1:] == [(403, "suspended")]
    assert json.loads(bytes(Push.objects.latest("pk").body))["number"] == 1043
    assert ReceivedClosing.objects.count() == 1


@pytest.mark.parametrize("path", ["till", "parameters", "closings", "closings/00000000-0000-4000-8000-000000000000"])
@pytest.mark.parametrize("level", LEVELS)
def test_suspended__reads_nothing(till: Caller, level: str, path: str) -> None:
    suspend(till.till, level)
    assert till.get(path).status_code == 403


def test_unknown_word__is_told_with_the_known_ones_in_no_language(till: Caller) -> None:
    [fault] = till.post("closings", closing(kind="weekly")).json()["errors"]
    assert fault["message"].endswith("\N{NO-BREAK SPACE}: general, station, drawer")


def test_too_fast__is_429_with_retry_after(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PushThrottle, "rate", "2/min", raising=False)
    answers = [till.post("closings", closing(number)) for number in (1042, 1043, 1044)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 61
    assert colleague(till).post("closings", closing()).status_code == 201


def test_too_fast__is_kept_raw(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PushThrottle, "rate", "1/min", raising=False)
    for number in (1042, 1043):
        till.post("closings", closing(number))
    assert kept(till)[1:] == [(429, "throttled")]
    assert json.loads(bytes(Push.objects.latest("pk").body))["number"] == 1043


LANGUAGES = ["fr", "en", "en-GB,en;q=0.9", "de", ""]


@pytest.mark.parametrize("language", LANGUAGES)
def test_language__changes_no_code_and_no_pointer(till: Caller, language: str) -> None:
    plain = till.post("closings", closing(sales=[{}]))
    other = till.post("closings", closing(sales=[{}]), headers={"Accept-Language": language})
    assert other.status_code == plain.status_code == 422
    assert (other.json()["code"], pointers(other)) == (plain.json()["code"], pointers(plain))
    assert len(pointers(plain)) > 5


@pytest.mark.parametrize(("language", "spoken"), [(None, "fr"), ("en", "en"), ("fr-CA", "fr"), ("de", "fr")])
def test_language__is_french_unless_asked(till: Caller, language: str | None, spoken: str) -> None:
    headers = {"Accept-Language": language} if language else {}
    answer = till.post("closings", closing(sales=[{}]), headers=headers)
    assert answer.headers["Content-Language"].startswith(spoken)


def test_held__what_does_not_add_up_is_taken(till: Caller) -> None:
    payments = [{"means": "ESP", "kind": "cash", "amount": "1.00"}]
    answer = till.post("closings", closing(payments=payments))
    assert (answer.status_code, answer.json()["state"]) == (201, "held")
    assert codes(answer) == {"receipts_identity": True}
    assert all(problem["message"] for problem in answer.json()["problems"])


HELD: list[tuple[dict[str, Any], str]] = [
    ({"currency": "CHF"}, "currency"),
    ({"totals": {"gross": "1399.00"}}, "turnover_total"),
    ({"totals": {"gross": "1400.00", "perpetual_before": "1.00", "perpetual_after": "2.00"}}, "perpetual_total"),
    ({"cash": {"float_open": "150.00", "expected": "1.00"}}, "cash_expected"),
    ({"cash": {"counted": "461.18", "banked": "311.18", "float_left": "1.00"}}, "cash_float_left"),
    ({"opened_at": "2026-03-15T08:55:00+01:00"}, "closed_before_opened"),
]


@pytest.mark.parametrize(("changes", "code"), HELD, ids=[code for _, code in HELD])
def test_held__names_the_problem(till: Caller, changes: dict[str, Any], code: str) -> None:
    answer = till.post("closings", closing(**changes))
    assert answer.status_code == 201
    assert code in codes(answer)


def test_held__a_sale_whose_net_and_tax_miss_its_gross(till: Caller) -> None:
    document = closing()
    document["sales"][0]["net"] = "999.99"
    answer = till.post("closings", document)
    assert (answer.status_code, answer.json()["state"]) == (201, "held")
    assert [(it["code"], it["pointer"]) for it in answer.json()["problems"]] == [("sale_total", "/sales/0/gross")]


def test_archived__training(till: Caller) -> None:
    answer = till.post("closings", closing(training=True))
    assert (answer.status_code, answer.json()["state"]) == (201, "archived")


def test_archived__a_day_without_anything(till: Caller) -> None:
    nothing = closing(sales=[], other_receipts=[], payments=[], tickets=[])
    nothing["totals"] = {"gross": "0.00", "perpetual_before": "904211.10", "perpetual_after": "904211.10"}
    answer = till.post("closings", nothing)
    assert (answer.status_code, answer.json()["state"], answer.json()["problems"]) == (201, "archived", [])


@pytest.mark.parametrize("kind", ["station", "drawer"])
def test_archived__a_level_that_is_not_booked(till: Caller, kind: str) -> None:
    Establishment.objects.filter(pk=till.till.establishment_id).update(booked_level="general")
    answer = till.post("closings", closing(kind=kind, scope="1"))
    assert (answer.status_code, answer.json()["state"]) == (201, "archived")
    assert codes(answer) == {"other_level_booked": False}


def at_once(calls: list[Callable[[], Any]], threads: int = 10) -> list[Any]:
    """Make the calls from real threads, all starting together."""
    ready = threading.Barrier(threads)

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads, initializer=lambda: ready.wait(20) and None) as pool:
        return [*pool.map(run, calls)]


def test_race__fifty_pushes_make_one_closing(transactional_db: None, till: Caller) -> None:
    answers = at_once([lambda: till.post("closings", closing())] * 50)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 49}
    assert len({answer.content for answer in answers}) == 1
    assert ReceivedClosing.objects.count() == StoredClosing.objects.count() == 1
    assert Push.objects.count() == 50


def test_race__of_different_contents_takes_one_of_them(transactional_db: None, till: Caller) -> None:
    bodies = [closing(opened_at=f"2026-03-14T08:{minute:02d}:00+01:00") for minute in range(10)]
    answers = at_once([lambda body=body: till.post("closings", body) for body in bodies])  # type: ignore[misc]
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert ReceivedClosing.objects.count() == 1


def test_race__of_two_tills_for_the_same_tickets_holds_one(transactional_db: None, till: Caller) -> None:
    tills = [till, *(colleague(till) for _ in range(9))]
    answers = at_once([lambda one=one: one.post("closings", closing()) for one in tills])  # type: ignore[misc]
    assert [answer.status_code for answer in answers] == [201] * 10
    assert Counter(answer.json()["state"] for answer in answers) == {"waiting": 1, "held": 9}


def test_third_party__that_exact_does_not_know_is_named_at_its_line(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    owed = {"means": "CPT", "label": "En compte", "kind": "on_account", "account": "NOBODY7", "amount": "110.00"}
    settled = {"kind": "settlement", "amount": "50.00", "label": "Facture 7", "account": "NOBODY8"}
    document = closing(
        sales=[sale(2, "100.00", "10.00")],
        payments=[pay("CB", "50.00"), owed],
        other_receipts=[settled],
        cash=None,
        totals=None,
    )
    answer = till.post("closings", document).json()
    assert answer["state"] == "held"
    assert {(it["code"], it["pointer"]) for it in answer["problems"]} == {
        ("third_party_unknown", "/payments/1/account"),
        ("third_party_unknown", "/other_receipts/0/account"),
    }
