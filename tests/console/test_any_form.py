"""Every form of the console takes any text in any field, and every address any id: refused, and never a failure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from tenants.factories import SupportFactory
from tests.console.test_isolation_walk import NOT_WALKED, values_for
from tests.world import World
from tools.bench.addresses import Address, every_address
from tools.bench.people import logged_in

# NUL, half of a surrogate pair, more digits than Python reads, a number no column holds, what another field would be,
# a day that has no tomorrow, digits that are none.
TEXTS = ["a\0b", "\ud800", "9" * 4400, "9" * 25, "-1", "9999-12-31T23:59", "²٣", '{"a": [}', "x" * 5000]
IN_ADDRESSES = ["0", "9" * 25, "%00", "a%00b", "%ED%A0%80", "x", "9999-12-31", "None"]
# Read by Django and by the session, not by a form.
NOT_FILLED = ("csrfmiddlewaretoken",)
# They end what the walk stands on, or write to a file of Django's own.
NOT_SENT = (*NOT_WALKED, "console/jsi18n/")


@dataclass
class Form:
    """A form as a browser would send it: to where, and what each field holds at first."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = Form(given.get("action", ""))
            self.found.append(self._open)
        if self._open is None:
            return
        if tag in ("input", "textarea", "button") and given.get("name"):
            self._open.fields.setdefault(given["name"], given.get("value", ""))
        if tag == "select":
            self._select = given.get("name", "")
            self._open.fields.setdefault(self._select, "")
        if tag == "option" and self._select and "selected" in given:
            self._open.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""


class Sender:
    """Sends forms, undoes what they did, and remembers what failed."""

    def __init__(self, client: Client) -> None:
        client.raise_request_exception = False
        self.client, self.failed, self.sent = client, list[str](), 0

    def send(self, path: str, form: dict[str, Any]) -> None:
        before = connection.savepoint()
        try:
            answer = self.client.post(path, {name: encoded(value) for name, value in form.items()})
        finally:
            connection.needs_rollback = False
            connection.savepoint_rollback(before)
        self.sent += 1
        if answer.status_code >= 500:
            told = {name: str(value)[:20] for name, value in form.items()}
            self.failed.append(f"{path} {told}: {(answer.exc_info or [''])[:2]}")


def encoded(value: Any) -> Any:
    """As it goes over the wire: half of a surrogate pair is three bytes that are no UTF-8."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) and not value.isprintable() else value


@pytest.fixture
def client(here: World) -> Client:
    return logged_in(SupportFactory())


def pages(here: World) -> Iterator[tuple[Address, str]]:
    for address in every_address():
        if address.route.startswith(("console/", "activation/")) and address.route not in NOT_SENT:
            yield address, address.path(values_for(address, here.own))


def forms(client: Client, here: World) -> dict[tuple[str, str], Form]:
    """Every form that support meets, once each: by where it is sent and what it holds."""
    found = {}
    for _address, path in pages(here):
        answer = client.get(path)
        if answer.status_code == 200 and not answer.streaming and "html" in answer.headers["Content-Type"]:
            parser = Forms()
            parser.feed(answer.content.decode())
            for form in parser.found:
                form.action = form.action if form.action.startswith("/") else path
                found[form.action.split("?")[0], " ".join(sorted(form.fields))] = form
    return found


def test_forms__take_any_text_in_any_field(client: Client, here: World) -> None:
    sender = Sender(client)
    known = forms(client, here)
    assert {"/console/people/invite/", "/console/exports/storedclosing/"} <= {path for path, _names in known}
    turn = 0
    for (path, _names), form in known.items():
        if path.removeprefix("/") in NOT_SENT:
            continue
        names = [name for name in form.fields if name not in NOT_FILLED]
        sender.send(path, {"unknown": "x", "form-TOTAL_FORMS": "x", "_selected_action": "x", "action": "x"})
        sender.send(path, {**form.fields, **dict.fromkeys(names, TEXTS[2])})
        sender.send(path, {**form.fields, **{name: SimpleUploadedFile("a\0.csv", b"\0\xff") for name in names}})
        for name in names:
            turn += 1
            sender.send(path, {**form.fields, name: TEXTS[turn % len(TEXTS)]})
    assert sender.sent > 300
    assert sender.failed == []


def test_addresses__take_any_id(client: Client, here: World) -> None:
    client.raise_request_exception = False
    sender = Sender(client)
    failed: list[str] = []
    for turn, (address, _path) in enumerate(pages(here)):
        # Half of them each, in turn: most are refused by the resolver, alike.
        for text in IN_ADDRESSES[turn % 2 :: 2] if address.takes else ():
            path = address.path(dict.fromkeys(address.takes, text))
            answer = client.get(path)
            failed += [path] if answer.status_code >= 500 else []
            sender.send(path, {"post": "yes", "confirm": "yes"})
    assert failed == []
    assert sender.failed == []


def test_actions__take_any_choice(client: Client, here: World) -> None:
    sender = Sender(client)
    for model, model_admin in admin.site._registry.items():
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for _function, action, *_ in model_admin._get_base_actions():  # type: ignore[attr-defined]
            for text in ("9" * 25, "x", ""):
                chosen = {"action": action, "_selected_action": text, "index": text, "select_across": text}
                sender.send(page, {**chosen, "confirm": "yes", "post": "yes", "why": text})
    assert sender.failed == []
