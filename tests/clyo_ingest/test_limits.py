"""How much a field may hold: the last value that is taken and the first that is refused; and what a refusal says."""

import base64
from typing import Any

import pytest
from django.utils import translation
from pydantic import ValidationError
from rest_framework.exceptions import APIException, MethodNotAllowed, NotAcceptable, Throttled

from clyo_ingest.document import ClosingDocument, PairingRequest, ParametersDocument, digest_of
from clyo_ingest.errors import ApiError, answer_exception, pointer, problem_response, validation_errors
from tests.conftest import PARAMETERS, Caller, closing

TICKETS = {"station": "1", "first": 1, "last": 1, "count": 1}
SALE = {"vat": 1, "rate": "20.00", "net": "1.00", "tax": "0.20", "gross": "1.20", "kind": "sale"}
PAYMENT = {"means": "ESP", "kind": "cash", "amount": "1.20"}
TIP = {"kind": "tip", "amount": "1.00"}
BREAD = {"kind": "expense", "amount": "-1.00"}
PDF = base64.b64encode(b"%PDF-1.7 the printed Z").decode()


def faults(model: Any, document: dict[str, Any]) -> dict[str, str]:
    """Where a document is faulty, and how."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return {fault.pointer: fault.code for fault in validation_errors(error)}
    return {}


LIMITS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("number's least", {"number": 1}, {"number": 0}, "greater_than_equal"),
    ("number's most", {"number": 10**15}, {"number": 10**15 + 1}, "less_than_equal"),
    ("number as text", {"number": 7}, {"number": "7"}, "int_type"),
    ("currency", {"currency": "EUR"}, {"currency": "EU"}, "string_pattern_mismatch"),
    ("training", {"training": True}, {"training": 1}, "bool_type"),
    ("scope", {"scope": "x" * 40}, {"scope": "x" * 41}, "string_too_long"),
    ("year's least", {"opened_at": "2000-01-01T00:00:00Z"}, {"opened_at": "1999-12-31T00:00:00Z"}, "datetime_out_"),
    ("year's most", {"closed_at": "2100-12-31T00:00:00Z"}, {"closed_at": "2101-01-01T00:00:00Z"}, "datetime_out_"),
    ("day's least", {"business_date": "2000-01-01"}, {"business_date": "1999-12-31"}, "date_out_of_range"),
    ("day's most", {"business_date": "2100-12-31"}, {"business_date": "2101-01-01"}, "date_out_of_range"),
    ("offset", {"closed_at": "2026-03-14T02:00:00-15:59"}, {"closed_at": "2026-03-14T02:00:00-16:00"}, "datetime_off"),
    ("whole number with a point", {"number": 23.0}, {"number": 23.5}, "int_type"),
    ("lines of sales", {"sales": [SALE] * 500}, {"sales": [SALE] * 501}, "too_long"),
    ("lines of payments", {"payments": [PAYMENT] * 500}, {"payments": [PAYMENT] * 501}, "too_long"),
    ("lines of tickets", {"tickets": [TICKETS] * 200}, {"tickets": [TICKETS] * 201}, "too_long"),
    ("other receipts", {"other_receipts": [TIP] * 500}, {"other_receipts": [TIP] * 501}, "too_long"),
    ("movements", {"cash": {"movements": [BREAD] * 500}}, {"cash": {"movements": [BREAD] * 501}}, "too_long"),
    (
        "sales of an offered payment",
        {"payments": [PAYMENT | {"sales": [SALE] * 100}]},
        {"payments": [PAYMENT | {"sales": [SALE] * 101}]},
        "too_long",
    ),
    *(
        (f"{name}", {field: [base | {part: good}]}, {field: [base | {part: bad}]}, code)
        for name, field, base, part, good, bad, code in [
            ("money", "sales", SALE, "net", "-99999999999.99", "100000000000.00", "string_pattern"),
            ("rate", "sales", SALE, "rate", "99.99", "100.00", "string_pattern"),
            ("slot's least", "sales", SALE, "vat", 1, 0, "greater_than_equal"),
            ("slot's most", "sales", SALE, "vat", 10, 11, "less_than_equal"),
            ("family", "sales", SALE, "family", "x" * 120, "x" * 121, "string_too_long"),
            ("count's least", "tickets", TICKETS, "first", 0, -1, "greater_than_equal"),
            ("count's most", "tickets", TICKETS, "last", 10**9, 10**9 + 1, "less_than_equal"),
            ("station's least", "tickets", TICKETS, "station", "x", " ", "string_too_short"),
            ("station's most", "tickets", TICKETS, "station", "x" * 40, "x" * 41, "string_too_long"),
            ("account", "payments", PAYMENT, "account", "4" * 24, "4" * 25, "string_too_long"),
        ]
    ),
]


@pytest.mark.parametrize(("good", "bad", "code"), [it[1:] for it in LIMITS], ids=[it[0] for it in LIMITS])
def test_limit__last_taken_and_first_refused(good: dict[str, Any], bad: dict[str, Any], code: str) -> None:
    assert faults(ClosingDocument, closing() | good) == {}
    (found,) = faults(ClosingDocument, closing() | bad).values()
    assert found.startswith(code)


def test_limit__of_parameters_is_ten_slots_and_at_least_one() -> None:
    slots = [PARAMETERS["vat"][0] | {"slot": slot} for slot in range(1, 11)]
    assert faults(ParametersDocument, PARAMETERS | {"vat": slots}) == {}
    assert faults(ParametersDocument, PARAMETERS | {"vat": [*slots, slots[0]]}) == {"/vat": "too_long"}
    assert faults(ParametersDocument, PARAMETERS | {"vat": []}) == {"/vat": "too_short"}


def test_limit__of_a_pairing_code_is_twenty_characters() -> None:
    assert faults(PairingRequest, {"code": "K" * 20}) == {}
    assert faults(PairingRequest, {"code": "K" * 21}) == {"/code": "string_too_long"}


def test_station__is_the_same_with_spaces_around_it() -> None:
    spaced = closing(tickets=[TICKETS | {"station": " 1 "}])
    assert digest(spaced) == digest(closing(tickets=[TICKETS]))


def digest(document: dict[str, Any]) -> str:
    return digest_of(ClosingDocument.model_validate(document).canonical())


def test_digest__is_of_values_and_not_of_their_order() -> None:
    assert digest(dict(reversed(closing().items()))) == digest(closing())
    assert digest_of({"a": 1, "b": {"c": 2, "d": 3}}) == digest_of({"b": {"d": 3, "c": 2}, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})


def with_report(content: str, content_type: str = "application/pdf") -> dict[str, Any]:
    return closing(report={"content_type": content_type, "base64": content})


def test_report__counts_by_content_and_type_not_by_line_breaks() -> None:
    wrapped = f"{PDF[:10]}\r\n{PDF[10:]}\n"
    assert digest(with_report(wrapped)) == digest(with_report(PDF))
    assert digest(with_report(PDF)) != digest(closing())
    assert digest(with_report(PDF)) != digest(with_report(PDF[:-4] + "AAAA"))
    assert digest(with_report(PDF)) != digest(with_report(PDF, "text/plain"))
    assert PDF not in str(ClosingDocument.model_validate(with_report(PDF)).canonical())


@pytest.mark.parametrize(
    "content", ["A===", "A=B=", "é", "QUJD\u00a0REVG", "QUJD\u2028", "data:application/pdf;base64,AAAA"]
)
def test_report__that_is_not_base64_is_refused(content: str) -> None:
    assert faults(ClosingDocument, with_report(content)) == {"/report/base64": "string_pattern_mismatch"}


def test_pointer__escapes_what_would_be_another_place() -> None:
    assert pointer(["sales", 0, "net"]) == "/sales/0/net"
    assert pointer(["a/b", "c~d", "~1"]) == "/a~1b/c~0d/~01"


OTHER_DIGITS = ["１２.００", "٢٠.٠٠", "१२.००"]
MONEY_FIELDS: list[tuple[str, Any]] = [
    *(
        (f"/sales/0/{name}", lambda text, name=name: {"sales": [SALE | {name: text}]})
        for name in ("net", "tax", "gross")
    ),
    ("/sales/0/rate", lambda text: {"sales": [SALE | {"rate": text}]}),
    ("/payments/0/amount", lambda text: {"payments": [PAYMENT | {"amount": text}]}),
    ("/payments/0/sales/0/net", lambda text: {"payments": [PAYMENT | {"sales": [SALE | {"net": text}]}]}),
    ("/other_receipts/0/amount", lambda text: {"other_receipts": [TIP | {"amount": text}]}),
    ("/cash/movements/0/tax", lambda text: {"cash": {"movements": [BREAD | {"tax": text}]}}),
    *((f"/cash/{it}", lambda text, it=it: {"cash": {it: text}}) for it in ("float_open", "expected", "counted")),
    *(
        (f"/totals/{it}", lambda text, it=it: {"totals": {"gross": "1.00", it: text}})
        for it in ("gross", "perpetual_after")
    ),
]


@pytest.mark.parametrize("digits", OTHER_DIGITS)
@pytest.mark.parametrize(("field", "change"), MONEY_FIELDS, ids=[it[0] for it in MONEY_FIELDS])
def test_money__in_other_digits_than_ours_is_refused_where_it_stands(field: str, change: Any, digits: str) -> None:
    assert faults(ClosingDocument, closing() | change(digits)) == {field: "string_pattern_mismatch"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("a\0b", "string_nul"), ("\ud800", "string_unicode"), ("a\x1bb", "string_control"), ("a\x85b", "string_control")],
)
@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("/scope", lambda text: {"scope": text}),
        ("/software/certificate", lambda text: {"software": {"certificate": text}}),
        ("/tickets/0/station", lambda text: {"tickets": [TICKETS | {"station": text}]}),
        ("/sales/0/family", lambda text: {"sales": [SALE | {"family": text}]}),
        ("/payments/0/account", lambda text: {"payments": [PAYMENT | {"account": text}]}),
        ("/report/content_type", lambda text: {"report": {"content_type": text, "base64": ""}}),
        *(
            (f"/signature/{it}", lambda text, it=it: {"signature": {it: text}})
            for it in ("value", "previous", "signed")
        ),
    ],
)
def test_text__that_cannot_be_kept_or_compared_is_refused_where_it_stands(
    field: str, change: Any, text: str, code: str
) -> None:
    assert faults(ClosingDocument, closing() | change(text)) == {field: code}


def test_signature__may_be_broken_into_lines() -> None:
    assert faults(ClosingDocument, closing(signature={"value": "TUlJ\r\nQ2pq\n"})) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        *(
            ({"opened_at": it}, {"/opened_at": "datetime_from_date_parsing"})
            for it in ("1795680000", "2026-03-14", "1e9", "٢")
        ),
        *(({"opened_at": it}, {"/opened_at": "datetime_type"}) for it in (1795680000, 1795680000.5, True)),
        ({"opened_at": "2026-03-14T08:55:00"}, {"/opened_at": "timezone_aware"}),
        *(
            ({"business_date": it}, {"/business_date": "date_from_datetime_parsing"})
            for it in ("2026-03-14T00:00:00", "20260314", "2026-W11-6", "2026-02-30", "٢٠٢٦-٠٣-١٤", "1795680000")
        ),
        ({"business_date": 20526}, {"/business_date": "date_type"}),
        ({"number": float("inf")}, {"/number": "int_type"}),
        ({"number": 1e300}, {"/number": "less_than_equal"}),
        ({"sales": [SALE | {"vat": True}]}, {"/sales/0/vat": "int_type"}),
    ],
)
def test_moments_and_numbers__are_taken_as_their_formats_say(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert faults(ClosingDocument, closing() | changes) == expected


SLOT = {"slot": 1, "rate": "20.00", "sales_account": "707000", "vat_code": "VN", "vat_account": ""}
BLANK = {"slot": 3, "rate": "0.00", "sales_account": "", "vat_code": "", "vat_account": "445600"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"vat": [SLOT, SLOT | {"rate": "5.50"}]}, {"/vat/1/slot": "slot_twice"}),
        ({"vat": [SLOT, BLANK, BLANK]}, {"/vat/2/slot": "slot_twice"}),
        ({"vat": [SLOT | {"sales_account": " "}]}, {"/vat/0/sales_account": "string_too_short"}),
        ({"vat": [SLOT | {"rate": "0.00", "vat_code": ""}]}, {"/vat/0/vat_code": "string_too_short"}),
        (
            {"vat": [SLOT, BLANK | {"rate": "5.50"}]},
            {"/vat/1/sales_account": "string_too_short", "/vat/1/vat_code": "string_too_short"},
        ),
        ({"customer_account": " "}, {"/customer_account": "string_too_short"}),
        ({"third_party": ""}, {"/third_party": "string_too_short"}),
        ({"vat": [SLOT, BLANK, BLANK | {"slot": 4}]}, {}),
    ],
)
def test_parameters__say_each_slot_once_and_wholly_or_blank(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert faults(ParametersDocument, PARAMETERS | changes) == expected


def told(changes: dict[str, Any]) -> str:
    """The one message of a faulty closing, in English."""
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        ClosingDocument.model_validate(closing() | changes)
    with translation.override("en"):
        (fault,) = validation_errors(refused.value)
    return fault.message


def test_message__of_money_shows_how_it_is_written() -> None:
    assert '"12.50"' in told({"totals": {"gross": "1400"}})
    assert '"12.50"' not in told({"currency": "euro"})
    assert '"20.00"' in told({"sales": [SALE | {"rate": "20"}]})


def test_message__of_a_choice_names_what_is_known() -> None:
    message = told({"kind": "weekly"})
    assert all(kind in message for kind in ("general", "station", "drawer"))


def test_refusal__is_a_problem_document() -> None:
    with translation.override("en"):
        answer = problem_response(ApiError(413, "too_large", headers={"X-Limit": "2"}))
    assert answer.data == {
        "type": "urn:clyo-exact:problem:too_large",
        "title": "The body is larger than 2 MiB. Send less and try again.",
        "status": 413,
        "code": "too_large",
        "detail": "The body is larger than 2 MiB. Send less and try again.",
    }
    assert (answer.content_type, answer.headers["X-Limit"]) == ("application/problem+json", "2")


def test_failure__of_ours_says_that_nothing_is_lost_and_not_what_broke() -> None:
    with translation.override("en"):
        answer = answer_exception(ZeroDivisionError("in the ledger"), {})
    assert (answer.status_code, answer.data["code"]) == (500, "server_error")
    assert "send it again" in answer.data["detail"]
    assert "ledger" not in str(answer.data)


@pytest.mark.parametrize(("wait", "asked"), [(6.2, "8"), (None, "61")])
def test_throttled__asks_to_wait_until_it_is_surely_over(wait: float | None, asked: str) -> None:
    answer = answer_exception(Throttled(wait=wait), {})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, asked)


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [(NotAcceptable(), 406, "not_acceptable"), (MethodNotAllowed("PUT"), 405, "method_not_allowed")],
)
def test_refusal__of_the_framework_keeps_its_status(refusal: APIException, status: int, code: str) -> None:
    answer = answer_exception(refusal, {})
    assert (answer.status_code, answer.data["code"]) == (status, code)


MOST = {"net": "99999999999.99", "tax": "0.00", "gross": "99999999999.99"}


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ({"sales": [SALE | MOST, SALE]}, "/sales"),
        ({"sales": [SALE | MOST, SALE | {"kind": "refund", "net": "-0.01"}]}, "/sales"),
        ({"payments": [PAYMENT | {"amount": MOST["net"]}, PAYMENT | {"amount": "-0.01"}]}, "/payments"),
        ({"payments": [PAYMENT | {"sales": [SALE | MOST]}, PAYMENT | {"sales": [SALE]}]}, "/payments"),
        ({"other_receipts": [TIP | {"amount": MOST["net"]}, TIP | {"amount": "0.01"}]}, "/other_receipts"),
        ({"cash": {"movements": [BREAD | {"amount": MOST["net"]}] * 2}}, "/cash/movements"),
    ],
)
def test_sums__that_no_column_holds_are_refused_at_their_list(lines: dict[str, Any], where: str) -> None:
    assert faults(ClosingDocument, closing(**lines)) == {where: "sum_too_large"}


def test_largest_closing__is_taken(till: Caller) -> None:
    most = MOST["net"]
    sales = [SALE | MOST]
    payments = [PAYMENT | {"amount": most, "sales": sales}]
    totals = {"gross": most, "perpetual_before": most, "perpetual_after": most}
    document = closing(sales=sales, payments=payments, other_receipts=[TIP | {"amount": most}], totals=totals)
    assert till.post("closings", document).status_code == 201
