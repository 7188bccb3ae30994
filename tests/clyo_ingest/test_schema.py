"""GET /schema: an OpenAPI 3.1 document that is true. That answers are as it says is checked wherever tests call."""

import re
from typing import Any

import pytest
from django.test import Client

from clyo_ingest.schema import api_document, operation
from clyo_ingest.schema_words import Tag
from clyo_ingest.urls import urlpatterns
from on_demand.models import OnDemandFormat

# What holds things by names of their own.
NAMED = ("properties", "responses", "parameters", "headers", "schemas")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    document: dict[str, Any] = Client().get("/api/v1/schema").json()
    return document


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {it["operationId"]: it for path in schema["paths"].values() for it in path.values()}


def test_schema__is_served_as_a_file_of_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1.")
    answer = Client().get("/api/v1/schema")
    assert answer.headers["Content-Disposition"] == 'inline; filename="clyo-exact-till-api.json"'
    asked = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert asked.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert asked.json() == schema


def test_schema__names_every_path(schema: dict[str, Any]) -> None:
    routes = {"/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(it.pattern)) for it in urlpatterns}
    assert set(schema["paths"]) == routes


def test_schema__names_each_call_as_a_person_would(schema: dict[str, Any]) -> None:
    assert set(operations(schema)) == {
        "pairTill",
        "rotateKey",
        "getTill",
        "putParameters",
        "getParameters",
        "startActivation",
        "getActivation",
        "stopExport",
        "pushClosing",
        "listClosings",
        "getClosing",
        "requestExport",
        "getExport",
        "getExportFile",
        "getLog",
        "getSchema",
    }


def test_schema__names_every_answer_of_a_push(schema: dict[str, Any]) -> None:
    answers = operations(schema)["pushClosing"]["responses"]
    common = {"400", "401", "403", "411", "413", "415", "422", "429", "500", "503"}
    assert set(answers) == {"200", "201", "409"} | common


def test_schema__asks_for_a_key_wherever_one_is_needed(schema: dict[str, Any]) -> None:
    without = {name for name, it in operations(schema).items() if it["security"] == []}
    assert without == {"pairTill", "getSchema"}
    assert schema["components"]["securitySchemes"]["TillKey"]["scheme"] == "bearer"


def test_schema__has_one_form_for_every_refusal(schema: dict[str, Any]) -> None:
    parts = schema["components"]["responses"]
    for name, it in operations(schema).items():
        for status, answer in it["responses"].items():
            if int(status) >= 400:
                shown = parts[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                assert set(shown["content"]) == {"application/problem+json"}, (name, status)
                assert "X-Request-ID" in shown["headers"], (name, status)
                assert "Retry-After" in shown["headers"] or status not in ("429", "503"), (name, status)
    assert (
        "closing_conflict"
        in schema["components"]["schemas"]["ProblemAnswer"]["properties"]["code"]["x-extensible-enum"]
    )


def test_schema__describes_every_field_answer_and_parameter(schema: dict[str, Any]) -> None:
    assert [*undescribed(schema["paths"], "paths"), *undescribed(schema["components"], "components")] == []


def undescribed(part: Any, place: str) -> list[str]:
    """Every field, answer, parameter and header below this place that nobody has described."""
    if isinstance(part, list):
        return [it for number, one in enumerate(part) for it in undescribed(one, f"{place}/{number}")]
    if not isinstance(part, dict):
        return []
    found: list[str] = []
    for name, value in part.items():
        inside = f"{place}/{name}"
        if name in NAMED and isinstance(value, dict):
            found += [f"{inside}/{it}" for it, one in value.items() if not {"description", "$ref"} & set(one)]
            found += [it for key, one in value.items() for it in undescribed(one, f"{inside}/{key}")]
        else:
            found += undescribed(value, inside)
    return found


def test_schema__says_the_limits_in_figures(schema: dict[str, Any]) -> None:
    told = [answer["description"] for answer in schema["components"]["responses"].values()]
    assert not [it for it in told if "{" in it]
    assert any(re.search(r"push [0-9]+ a minute", it) for it in told)


def test_schema__knows_every_format_of_an_export(schema: dict[str, Any]) -> None:
    assert schema["components"]["schemas"]["ExportRequest"]["properties"]["format"]["enum"] == OnDemandFormat.values


def test_schema__writes_digits_in_ascii(schema: dict[str, Any]) -> None:
    patterns = re.findall(r"'pattern': '(.*?)'", str(schema))
    assert len(patterns) > 20
    assert [it for it in patterns if r"\d" in it or r"\w" in it] == []


def test_schema__requires_what_the_models_require(schema: dict[str, Any]) -> None:
    parts = schema["components"]["schemas"]
    always = {"kind", "number", "business_date", "opened_at", "closed_at", "currency", "sales", "payments"}
    assert set(parts["ClosingDocument"]["required"]) == always
    assert "links" in parts["ClosingAnswer"]["required"]
    assert "errors" not in parts["ProblemAnswer"]["required"]


def test_address_that_says_nothing_of_itself__ends_the_making(monkeypatch: pytest.MonkeyPatch) -> None:
    from clyo_ingest import api

    def get(self: Any, request: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(api.TillView, "get", get)
    api_document.cache_clear()
    with pytest.raises(TypeError, match=r"GET /api/v1/till has no @operation"):
        api_document()
    api_document.cache_clear()


def test_operation__keeps_the_method_as_it_is() -> None:
    def get() -> str:
        return "as ever"

    assert operation("getNothing", Tag.LOG, "Nothing", answers={})(get)() == "as ever"
