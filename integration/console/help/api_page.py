"""The till API to read, for whoever programs a till and has no log-in: its guide, and its reference.

The reference is made of the served OpenAPI document and of nothing else, so it cannot say another thing. Pages of the
server alone: no script, nothing loaded from elsewhere. The document is in English, so the reference is; the guide is in
French.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clyo_ingest.schema import api_document
from integration.console.help.handbook import book
from integration.console.help.rendering import render_paragraphs

Schema: TypeAlias = Mapping[str, Any]
Page: TypeAlias = Callable[[HttpRequest], HttpResponse]
METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One field of a document, or one parameter of an address. `of` names the documents it holds."""

    name: str
    type: str
    of: tuple[str, ...]
    required: bool
    says: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One answer: its status, when it comes, and the documents it may be."""

    status: str
    says: SafeString
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    says: SafeString
    keyed: bool
    parameters: tuple[Member, ...]
    asks: tuple[str, ...]
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The calls of one tag."""

    name: str
    says: SafeString
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that goes over the line, field by field; of a list of words, the words."""

    name: str
    says: SafeString
    members: tuple[Member, ...]
    words: tuple[str, ...]


def wholly_in(language: str) -> Callable[[Page], Page]:
    """A page whose text is written in one language: what stands around it is in that one, too."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def answer_in_it(request: HttpRequest) -> HttpResponse:
            with translation.override(language):
                answer = page(request)
            answer["Content-Language"] = language
            return answer

        return answer_in_it

    return decorate


@require_safe
@wholly_in("en")
def reference_page(request: HttpRequest) -> HttpResponse:
    """Every address with what it takes, answers and refuses."""
    whole = api_document()
    context = {
        "title": whole["info"]["title"],
        "version": whole["info"]["version"],
        "says": render_paragraphs(whole["info"]["description"]),
        "parts": parts(),
        "documents": documents(),
    }
    return render(request, "console/help/reference.html", context)


@require_safe
@wholly_in("fr")
def guide_page(request: HttpRequest) -> HttpResponse:
    """The till programmer's book, without a log-in."""
    shown = book("caisse")
    return render(request, "console/help/guide.html", {"title": shown.text.title, "book": shown})


@cache
def parts() -> tuple[Part, ...]:
    """The calls by what they are for, in the document's order."""
    whole = api_document()
    calls: dict[str, list[Call]] = {tag["name"]: [] for tag in whole["tags"]}
    for path, methods in whole["paths"].items():
        for method in METHODS:
            if method in methods:
                calls[methods[method]["tags"][0]].append(_call(path, method, methods[method]))
    return tuple(
        Part(name=tag["name"], says=render_paragraphs(tag["description"]), calls=tuple(calls[tag["name"]]))
        for tag in whole["tags"]
    )


@cache
def documents() -> tuple[Document, ...]:
    """Every document of the components, by name."""
    return tuple(
        Document(
            name=name,
            says=render_paragraphs(schema.get("description", "")),
            members=tuple(_members(schema)),
            words=tuple(map(str, schema.get("enum", ()))),
        )
        for name, schema in sorted(api_document()["components"]["schemas"].items())
    )


def _call(path: str, method: str, said: Schema) -> Call:
    return Call(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        says=render_paragraphs(said["description"]),
        keyed=bool(said["security"]),
        parameters=tuple(_parameter(it) for it in map(_follow_reference, said["parameters"])),
        asks=tuple(_name_documents(_content(said.get("requestBody", {})))),
        answers=tuple(_answer(status, _follow_reference(it)) for status, it in sorted(said["responses"].items())),
    )


def _answer(status: str, said: Schema) -> AnswerLine:
    return AnswerLine(
        status=status, says=render_paragraphs(said["description"]), of=tuple(_name_documents(_content(said)))
    )


def _parameter(said: Schema) -> Member:
    return _member(said["name"], said["schema"] | {"description": said["description"]}, required="required" in said)


def _members(schema: Schema) -> Iterator[Member]:
    required = schema.get("required", ())
    for name, said in schema.get("properties", {}).items():
        yield _member(name, said, required=name in required)


def _member(name: str, said: Schema, *, required: bool) -> Member:
    return Member(
        name=name,
        type=_type_of(said),
        of=tuple(dict.fromkeys(_name_documents(said))),
        required=required,
        says=render_paragraphs(said.get("description", "")),
    )


def _type_of(said: Schema) -> str:
    """A field's type in few words: its pattern and limits are in the OpenAPI document."""
    choices = [it for it in said.get("anyOf", ()) if it.get("type") != "null"]
    if choices:
        return " / ".join(dict.fromkeys(filter(None, map(_type_of, choices))))
    if "enum" in said:
        return ", ".join(map(str, said["enum"]))
    if said.get("type") == "array":
        inner = _type_of(said.get("items", {}))
        return f"{_('list')} ({inner})" if inner else _("list")
    if examples := said.get("examples"):
        return f"{said.get('type', '')}: {examples[0]}"
    return str(said.get("format") or said.get("type") or "")


def _name_documents(said: Any) -> Iterator[str]:
    """The documents a schema leads to, at whatever depth."""
    if isinstance(said, Mapping):
        reference = said.get("$ref", "")
        if reference.startswith("#/components/schemas/"):
            yield reference.rpartition("/")[2]
        for value in said.values():
            yield from _name_documents(value)
    elif isinstance(said, list):
        for value in said:
            yield from _name_documents(value)


def _content(said: Schema) -> Schema:
    content: Schema = said.get("content", {})
    return content


def _follow_reference(said: Schema) -> Schema:
    """What a reference among the components stands for."""
    if "$ref" not in said:
        return said
    kind, name = said["$ref"].split("/")[-2:]
    found: Schema = api_document()["components"][kind][name]
    return found
