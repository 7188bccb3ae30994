"""GET /schema: OpenAPI 3.1 that names every address and every answer."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from clyo_ingest.urls import urlpatterns


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    answer = Client().get("/api/v1/schema")
    assert answer.status_code == 200
    document: dict[str, Any] = json.loads(answer.content)
    return document


def test_schema__is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1.")


def test_schema__names_every_path(schema: dict[str, Any]) -> None:
    routes = {"/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(it.pattern)) for it in urlpatterns}
    assert set(schema["paths"]) == routes - {"/api/v1/schema"}


def test_schema__names_every_answer_of_a_push(schema: dict[str, Any]) -> None:
    answers = schema["paths"]["/api/v1/closings"]["post"]["responses"]
    assert set(answers) == {"200", "201", "400", "401", "403", "409", "413", "415", "422", "429", "503"}


def test_schema__names_every_filter(schema: dict[str, Any]) -> None:
    filters = schema["paths"]["/api/v1/closings"]["get"]["parameters"]
    assert {it["name"] for it in filters} == {"from", "to", "state", "kind", "number", "cursor"}


def test_schema__asks_what_the_models_ask(schema: dict[str, Any]) -> None:
    closing = schema["components"]["schemas"]["ClosingDocumentRequest"]
    assert {"kind", "number", "business_date", "sales", "payments"} <= set(closing["required"])
