"""The OpenAPI document, made from the views and the models they read and answer.

A view's method says with `operation` what is its own; all that is common (the key, the headers, the refusals that can
come of every call) is added here, so that no new address can forget it. One without `operation` ends the making.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema
from rest_framework.settings import api_settings

from clyo_ingest import schema_words as words
from clyo_ingest.problem_bodies import ProblemAnswer

Schema = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Any])

JSON = "application/json"
PROBLEM = "application/problem+json"
TEXT: Schema = {"type": "string"}
FILE: Schema = {"type": "string", "format": "binary"}
# Of every call; of one with a key; of one with a body.
ALWAYS, WITH_A_KEY, WITH_A_BODY = (400, 415, 500, 503), (401, 403), (411, 413, 422)
REFERENCE = "#/components/schemas/{model}"
# In a model's own schema: it is written like this other model, which has a component already.
SAME_AS = "x-same-as"
PATH_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """When an answer comes, its document, what else it may come as (by media type), and headers of its own.

    A refusal's document is a problem, that of all refusals unless `body` says more.
    """

    when: str
    body: type[BaseModel] | None = None
    media: Mapping[str, Schema] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one method of one address says of itself.

    `refusals`: those that not every call has, or that mean something of their own here. `limited`: 429 can come.
    """

    id: str
    tag: words.Tag
    summary: str
    answers: Mapping[int, Answer]
    asks: type[BaseModel] | None
    refusals: Mapping[int, Answer]
    limited: bool


def operation(
    name: str,
    tag: words.Tag,
    summary: str,
    *,
    answers: Mapping[int, Answer],
    asks: type[BaseModel] | None = None,
    refusals: Mapping[int, Answer] | None = None,
    limited: bool = False,
) -> Callable[[Method], Method]:
    """Say of a view's method what it asks and answers; its docstring is the description that programmers read."""
    said = Operation(
        id=name, tag=tag, summary=summary, answers=answers, asks=asks, refusals=refusals or {}, limited=limited
    )

    def note(method: Method) -> Method:
        method.__dict__["operation"] = said
        return method

    return note


class TillApiSchema(AutoSchema):
    """One operation of the document. Raises `TypeError` for a method that says nothing of itself."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema:
        view_method = getattr(self.view, method.lower())
        said: Operation | None = getattr(view_method, "operation", None)
        if said is None:
            raise TypeError(f"{method} {path} has no @operation: nobody would know how to call it")
        secured = bool(self.view.authentication_classes)
        query: type[BaseModel] | None = getattr(self.view, "query", None) if method == "GET" else None
        statuses = _statuses(said, path, query, secured=secured)
        described: Schema = {
            "operationId": said.id,
            "tags": [said.tag.value],
            "summary": said.summary,
            "description": " ".join((view_method.__doc__ or said.summary).split()),
            "parameters": [*_path_parameters(path), *_query_parameters(query, registry), *_headers(said)],
            "responses": {**_answers(said, registry), **_refusals(said, statuses, registry)},
            "security": [{"TillKey": []}] if secured else [],
        }
        if said.asks is not None:
            described["requestBody"] = {"required": True, "content": {JSON: {"schema": component(said.asks, registry)}}}
        return described


def component(model: type[BaseModel], registry: ComponentRegistry) -> Schema:
    """A reference to the model's schema, which is put among the components with all that it consists of."""
    schema = model.model_json_schema(ref_template=REFERENCE, schema_generator=PlainSchema)
    for name, part in {**schema.pop("$defs", {}), model.__name__: schema}.items():
        _register(registry, name, part)
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _register(registry: ComponentRegistry, name: str, schema: Schema) -> None:
    part = {"name": name, "type": ResolvedComponent.SCHEMA, "object": name, "schema": _drop_titles(schema)}
    found = ResolvedComponent(**part)  # type: ignore[no-untyped-call]
    if found in registry and registry[found].schema != found.schema:
        raise TypeError(f"two models are called {name}")
    registry.register_on_missing(found)


def _drop_titles(schema: Any) -> Any:
    """Without titles: made from names they tell nothing, and two of a kind are one class twice in generated clients."""
    if isinstance(schema, list):
        return [_drop_titles(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {
        key: _drop_titles(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
    }
    if same := tidied.pop(SAME_AS, None):
        tidied["$ref"] = REFERENCE.format(model=same)
    return tidied


class PlainSchema(GenerateJsonSchema):
    """Optional fields are optional: generators of clients take one with a `default` for one that is always there."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        return self.generate_inner(schema["schema"])


def _path_parameters(path: str) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": f"The id of the {name.removesuffix('_id')}.",
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in PATH_PARAMETER.findall(path)
    ]


def _query_parameters(query: type[BaseModel] | None, registry: ComponentRegistry) -> list[Schema]:
    """The fields of the model that the address is read by. A parameter is left out, never null."""
    if query is None:
        return []
    schema = query.model_json_schema(ref_template=REFERENCE, schema_generator=PlainSchema)
    for name, part in schema.get("$defs", {}).items():
        _register(registry, name, part)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": one.pop("description"),
            "schema": _drop_titles(_never_null(one)),
        }
        for name, one in schema["properties"].items()
    ]


def _never_null(schema: Schema) -> Schema:
    only: Schema
    (only,) = [it for it in schema.get("anyOf", [schema]) if it.get("type") != "null"]
    return only


def _headers(said: Operation) -> list[Schema]:
    names = ["AcceptLanguage", "RequestId", *(["ContentEncoding"] if said.asks else [])]
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _answers(said: Operation, registry: ComponentRegistry) -> Schema:
    found: Schema = {}
    for status, answer in said.answers.items():
        content = {JSON: component(answer.body, registry)} if answer.body else {}
        content |= answer.media
        found[str(status)] = {
            "description": answer.when,
            "headers": _answer_headers(*answer.headers),
            **({"content": {media: {"schema": schema} for media, schema in content.items()}} if content else {}),
        }
    return found


def _statuses(said: Operation, path: str, query: type[BaseModel] | None, *, secured: bool) -> set[int]:
    """The refusals that a call of this kind can get."""
    return {
        *ALWAYS,
        *(WITH_A_KEY if secured else ()),
        *(WITH_A_BODY if said.asks else ()),
        *((422,) if query else ()),
        *((429,) if said.limited else ()),
        *((404,) if PATH_PARAMETER.search(path) else ()),
    }


def _refusals(said: Operation, statuses: set[int], registry: ComponentRegistry) -> Schema:
    common = {str(status): {"$ref": f"#/components/responses/{words.REFUSALS[status][0]}"} for status in statuses}
    own = {str(status): _problem(status, it, registry) for status, it in said.refusals.items()}
    return dict(sorted((common | own).items()))


def _problem(status: int, answer: Answer, registry: ComponentRegistry) -> Schema:
    return {
        "description": answer.when,
        "headers": _answer_headers(*words.HEADERS_OF.get(status, ()), *answer.headers),
        "content": {PROBLEM: {"schema": component(answer.body or ProblemAnswer, registry)}},
    }


def _answer_headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}


def _header_parameter(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def add_what_is_common(result: Schema, generator: SchemaGenerator, **_more: Any) -> Schema:
    """Postprocessing hook: what the document says once for all operations."""
    rates = _rates()
    refusals = {
        name: _problem(status, Answer(when=when.format(**rates)), generator.registry)
        for status, (name, when) in words.REFUSALS.items()
    }
    parts = result["components"] = generator.registry.build({})
    parts["securitySchemes"] = {"TillKey": {"type": "http", "scheme": "bearer", "description": words.KEY}}
    parts["headers"] = {
        name: {"description": told, "required": True, "schema": TEXT} for name, told in words.HEADERS.items()
    }
    parts["parameters"] = {
        "AcceptLanguage": _header_parameter("Accept-Language", words.ACCEPT_LANGUAGE, TEXT | {"examples": ["fr"]}),
        "RequestId": _header_parameter("X-Request-ID", words.REQUEST_ID, TEXT),
        "ContentEncoding": _header_parameter(
            "Content-Encoding", words.CONTENT_ENCODING, TEXT | {"enum": ["gzip", "identity"]}
        ),
    }
    parts["responses"] = refusals
    result["info"] = {
        "title": words.TITLE,
        "version": settings.VERSION,
        "description": words.INTRODUCTION,
        "contact": {"name": "Clyo → Exact", "url": settings.PUBLIC_URL},
        "license": {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"},
    }
    result["servers"] = [{"url": settings.PUBLIC_URL, "description": "This service."}]
    result["tags"] = [{"name": tag.value, "description": told} for tag, told in words.TAGS.items()]
    return result


def _rates() -> dict[str, str]:
    """How often calls may come here: "600/minute" → "600 a minute"."""
    return {name: str(rate).replace("/", " a ") for name, rate in api_settings.DEFAULT_THROTTLE_RATES.items()}


@functools.cache
def api_document() -> Schema:
    """The whole document; it does not change while the program runs."""
    document: Schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return document
