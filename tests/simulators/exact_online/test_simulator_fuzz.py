"""Whatever is asked, the answer is a result or Exact's error body: never a trace (rules 4)."""

import json
import string
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated_exact import Company, Server, message

from simulators.exact_online.edm import Property, load_resources
from simulators.exact_online.errors import BadRequest
from simulators.exact_online.odata.parser import parse_filter, parse_key, parse_literals
from tests.tier import examples

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
# SyncTimestamp asks for its two parameters; sync filters by Timestamp only.
ASKED = [
    resource
    for resource in load_resources().values()
    if resource.name not in ("current/Me", "read/sync/Sync/SyncTimestamp") and not resource.name.startswith("sync/")
]
# A subscription would call whatever address a body names.
WRITABLE = [
    resource.name
    for resource in load_resources().values()
    if "POST" in resource.methods and resource.name != "webhooks/WebhookSubscriptions"
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


@settings(examples(400), derandomize=True)
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


def literals(prop: Property) -> st.SearchStrategy[str]:
    """Values of a property's type, as the URL language writes them."""
    match prop.type:
        case "Edm.Guid":
            return st.uuids().map("guid'{}'".format)
        case "Edm.DateTime":
            return st.dates().map("datetime'{}T00:00:00'".format)
        case "Edm.Boolean":
            return st.sampled_from(["true", "false"])
        case "Edm.String":
            return st.text(max_size=12).map(lambda text: "'{}'".format(text.replace("'", "''")))
        case "Edm.Double":
            return st.floats(-1e9, 1e9, allow_subnormal=False).map("{:.4f}".format)
    return st.integers(-(2**31), 2**31).map(str)


@st.composite
def well_formed(draw: st.DrawFn) -> tuple[str, str]:
    """A resource and a filter that its model allows, as deep as a person would write one."""
    resource = draw(st.sampled_from(ASKED))
    props = [prop for prop in resource.scalars if prop.type != "Edm.Binary"]
    texts = [prop for prop in props if prop.type == "Edm.String"]

    def comparison() -> st.SearchStrategy[str]:
        operators = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
        value = st.sampled_from(props).flatmap(
            lambda prop: st.tuples(st.just(prop.name), operators, literals(prop)).map(" ".join)
        )
        if not texts:
            return value
        text = st.sampled_from(texts)
        part = st.tuples(st.sampled_from(["startswith", "endswith"]), text, literals(texts[0])).map(
            lambda made: f"{made[0]}({made[1].name},{made[2]}) eq true"
        )
        inside = st.tuples(literals(texts[0]), st.sampled_from(["trim", "tolower", "toupper"]), text).map(
            lambda made: f"substringof({made[0]},{made[1]}({made[2].name}))"
        )
        return value | part | inside

    tree = st.recursive(
        comparison(),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda made: f"({' '.join(made)})"),
            inner.map("not ({})".format),
        ),
        max_leaves=6,
    )
    return resource.name, draw(tree)


@settings(RELAXED, max_examples=120)
@given(asked=well_formed())
def test_filter__what_the_model_allows_is_answered(unlimited: Company, asked: tuple[str, str]) -> None:
    """Rules 3.6: every resource, every type, every operator; the count agrees with the rows."""
    name, condition = asked
    answer = unlimited.get(name, filter=condition, select="*", top="60")
    assert answer.status_code == 200, (name, condition, answer.text)
    count = unlimited.get(f"{name}/$count", filter=condition)
    assert count.status_code == 200, (name, condition, count.text)
    assert len(answer.json()["d"]) == min(int(count.text), 60)


@settings(RELAXED, max_examples=120)
@given(name=st.sampled_from([resource.name for resource in load_resources().values()]), text=filters)
def test_filter__any_resource_in_exacts_shape(unlimited: Company, name: str, text: str) -> None:
    """Rules 4.1: nonsense is 400 with Exact's body, never a trace."""
    root = "/api/v1/" if name == "current/Me" else f"/api/v1/{unlimited.division}/"
    params = {"$filter": text, "$top": "1"}
    answer = unlimited.server.http.get(f"{root}{name}", params=params, headers=unlimited.headers)
    assert answer.status_code in (200, 400), (name, text, answer.text)
    if answer.status_code == 400:
        assert message(answer)
    assert "Traceback" not in answer.text


@RELAXED
@given(name=st.sampled_from(WRITABLE), data=st.data())
def test_body__of_any_resource_is_kept_or_refused(unlimited: Company, name: str, data: st.DataObject) -> None:
    """Rules 4.2: 201, 400 or a refusal; an unexpected fault of the program would say so."""
    properties = st.sampled_from([prop.name for prop in load_resources()[name].properties.values()])
    body = data.draw(st.dictionaries(properties, scalars | lines, max_size=6))
    answer = unlimited.call("POST", name, content=json.dumps(body).encode())
    assert answer.status_code in (201, 400, 500)
    if answer.status_code != 201:
        assert "unexpected error" not in message(answer)


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
