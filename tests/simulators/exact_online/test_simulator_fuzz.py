"""Whatever is asked, the answer is a result or Exact's error body: never a trace (rules 4)."""

import json
import string
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated_exact import Company, Server, message

from simulators.exact_online.errors import BadRequest
from simulators.exact_online.odata.parser import parse_filter, parse_key, parse_literals

RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
PIECES = [
    *["eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "(", ")", ",", "null", "true", "false"],
    *["Code", "Type", "ID", "Created", "IsBlocked", "Colour", "VATCode", "Description", "DeductibilityPercentages"],
    *["'x'", "'it''s'", "''", "5", "-5", "5.5", "1e3", "9223372036854775808", "10L"],
    "guid'00000000-0000-0000-0000-000000000000'",
    "guid''",
    "datetime'2026-01-01T00:00:00'",
    "datetime'x'",
    *["substringof(", "startswith(", "endswith(", "trim(", "tolower(", "toupper(", "year("],
]
filters = st.one_of(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.text(max_size=60))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
names = st.sampled_from(["Journal", "Customer", "EntryDate", "SalesEntryLines", "EntryNumber", "YourRef", "Rate", "x"])
line_names = st.sampled_from(["GLAccount", "AmountFC", "VATCode", "VATAmountFC", "Quantity", "From", "CostCenter", "y"])
lines = st.lists(st.dictionaries(line_names, scalars, max_size=4), max_size=3)
bodies = st.dictionaries(names, scalars | lines, max_size=6)


@pytest.fixture
def unlimited(server: Server) -> Iterator[Company]:
    server.control("settings", limits=False)
    yield server.new_company()
    server.control("settings", limits=True)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(filters)
def test_parser__a_tree_or_a_bad_request(text: str) -> None:
    for parse in (parse_filter, parse_key, parse_literals):
        try:
            parse(text)
        except BadRequest as error:
            assert error.message


@RELAXED
@given(text=filters)
def test_filter__200_or_400(unlimited: Company, text: str) -> None:
    for option in ("filter", "skiptoken", "orderby", "select", "expand"):
        answer = unlimited.get("financial/GLAccounts", **{option: text})
        assert answer.status_code in (200, 400), (option, answer.text)
        if answer.status_code == 400:
            assert message(answer)


@RELAXED
@given(path=st.text(alphabet=string.printable + "é/()'$", max_size=40))
def test_path__is_answered_in_exacts_shape(unlimited: Company, path: str) -> None:
    answer = unlimited.call("GET", "financial/" + "".join(f"%{byte:02x}" for byte in path.encode()))
    if answer.status_code != 200:
        assert answer.status_code in (400, 404)
        assert message(answer)


@RELAXED
@given(body=bodies)
def test_body__is_booked_or_refused(unlimited: Company, body: dict[str, object]) -> None:
    raw = json.dumps(body).encode()
    answer = unlimited.call("POST", "salesentry/SalesEntries", content=raw)
    assert answer.status_code in (400, 500)
    assert "unexpected error" not in message(answer)
    assert unlimited.books()["trial_balance"]["difference"] == "0.00"
