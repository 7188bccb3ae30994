"""A person's webhook: what it is sent, signed, once more when it fails; where it may lead; who sees it."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from prometheus_client import REGISTRY

from concerns.letters.to_webhook import PAUSES, deliver, due_for_webhooks, send_test
from concerns.models import Channel, Letter, LetterKind, LetterState, Outcome, Webhook, WebhookAttempt
from concerns.webhooks import address, wire
from concerns.webhooks.address import BadAddress, may_be_reached, read_address
from concerns.webhooks.sign import signature_of
from concerns.webhooks.wire import post
from integration.console import webhook_page
from tenants.factories import StaffFactory
from tenants.models import Letters, Tenant, User
from tests.clients import client_of
from tests.concerns.test_letters import TUESDAY, WEDNESDAY, morning, quiet_is_over
from tests.conftest import ROOT
from tests.world import World

PAGE = "/console/account/webhook/"
TOLD = b'{"text":"x"}'


class Receiver(BaseHTTPRequestHandler):
    """A server that keeps what comes and answers as it is told; a path makes it answer otherwise."""

    got: list[tuple[dict[str, str], bytes]]
    status: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        match self.path:
            case "/elsewhere":
                self.send_response(307)
                self.send_header("Location", "http://127.0.0.1:9/inside")
            case "/endless":
                self.send_response(200)
            case "/noise":
                self.wfile.write(b"SSH-2.0-OpenSSH\r\n")
                return
            case _:
                self.send_response(type(self).status)
        said = b"x" * 100_000 if self.path == "/endless" else b"invalid_payload\n<b>"
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver(outside: None) -> Iterator[Any]:
    handler = type("Handler", (Receiver,), {"got": [], "status": 204})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    handler.port = server.server_port  # type: ignore[attr-defined]
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def near(settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True


@contextmanager
def led_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Iterator[list[str]]:
    """Whatever name is looked up leads to the next of these addresses; yields the names."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    with monkeypatch.context() as changed:
        changed.setattr(address.socket, "getaddrinfo", look_up)
        yield asked


def counted(outcome: Outcome) -> float:
    """How many attempts ended so, as Prometheus reads it."""
    return REGISTRY.get_sample_value("clyo_webhook_attempts_total", {"outcome": outcome.value}) or 0.0


def lead_nowhere(*_: Any, **__: Any) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    "typed",
    [
        *("", "hooks.example.com", "http://hooks.example.com/x", "ftp://hooks.example.com", "https://"),
        *("https://u:p@hooks.example.com/", "https://hooks.example.com/#x", "https://hooks.example.com:22/"),
        *("https://hooks.example.com:99999/", "https://hooks.example.com/a b", "https://hooks.example.com/\r\nX: y"),
        *("https://[::1/", "https://exämple.com/", "https://hooks.example.com/" + "x" * 500),
    ],
)
def test_address__that_no_webhook_may_have_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        read_address(typed)


@pytest.mark.parametrize(
    ("found", "may"),
    [
        *(("8.8.8.8", True), ("2606:4700::1111", True), ("203.0.114.5", True)),
        *(("127.0.0.1", False), ("127.8.8.8", False), ("::1", False), ("0.0.0.0", False), ("::", False)),
        *(("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False), ("100.64.0.1", False)),
        *(("169.254.169.254", False), ("fe80::1%eth0", False), ("fd00:ec2::254", False), ("168.63.129.16", False)),
        *(("224.0.0.1", False), ("ff02::1", False), ("255.255.255.255", False), ("240.0.0.1", False)),
        *(("192.0.0.192", False), ("::ffff:192.0.0.192", False)),
        *(("::ffff:127.0.0.1", False), ("::ffff:10.0.0.1", False), ("::127.0.0.1", False)),
        *(("2002:7f00:1::", False), ("2001:0:7f00:1::", False), ("64:ff9b::7f00:1", False), ("2001:db8::1", False)),
    ],
)
def test_reached__are_public_addresses_alone(found: str, may: bool) -> None:
    assert may_be_reached(found) is may
    assert not may_be_reached(found, encrypted=False)


def test_name__that_leads_inside_is_not_connected_to_however_it_changes(
    receiver: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The name is looked up once a request, and what was judged is what is connected to."""
    target = read_address("https://hooks.example.com/x")
    for inside in ("127.0.0.1", "10.1.2.3", "169.254.169.254"):
        with led_to(monkeypatch, inside):
            assert post(target, {}, b"{}").outcome is Outcome.FORBIDDEN
    tried: list[str] = []

    def connect(_self: Any, host: str, *_: Any, **__: Any) -> Any:
        tried.append(host)
        raise wire.httpcore.ConnectError

    monkeypatch.setattr(wire.httpcore.SyncBackend, "connect_tcp", connect)
    with led_to(monkeypatch, "93.184.215.14", "127.0.0.1") as asked:
        assert post(target, {}, b"{}").outcome is Outcome.NO_CONNECTION
    assert (asked, tried) == (["hooks.example.com"], ["93.184.215.14"])
    assert receiver.got == []
    assert post(read_address("https://127.0.0.1/"), {}, b"{}").outcome is Outcome.FORBIDDEN
    monkeypatch.setattr(address.socket, "getaddrinfo", lead_nowhere)
    assert post(target, {}, b"{}").outcome is Outcome.NO_SUCH_NAME


def test_name__that_is_looked_up_too_long_is_given_up(receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the lease another worker would send the same letter beside this one."""
    asked, answered = threading.Event(), threading.Event()

    def look_up(*_: Any, **__: Any) -> Any:
        asked.set()
        answered.wait()
        return lead_nowhere()

    monkeypatch.setattr(address.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(wire, "WHOLE_S", 0.05)
    with ThreadPoolExecutor(1) as worker:
        sent = worker.submit(post, read_address("https://hooks.example.com/x"), {}, b"{}")
        try:
            assert asked.wait(10)
            outcome = sent.result(10).outcome
        finally:
            answered.set()
    assert outcome is Outcome.TOO_SLOW


def test_answers__are_told_apart_and_read_no_further_than_need_be(
    receiver: Any, near: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(path: str = "/", status: int = 204, scheme: str = "http") -> wire.Answer:
        receiver.status = status
        return post(read_address(f"{scheme}://127.0.0.1:{receiver.port}{path}"), {"X-Own": "1"}, b"{}")

    assert (sent().outcome, sent(status=410).outcome) == (Outcome.TAKEN, Outcome.GONE)
    refused = sent(status=400)
    assert (refused.outcome, refused.status, refused.said) == (Outcome.REFUSED, 400, "invalid_payload <b>")
    before = len(receiver.got)
    assert (sent("/elsewhere").outcome, len(receiver.got)) == (Outcome.REDIRECTED, before + 1)
    assert len(sent("/endless").said) == 200
    assert sent("/noise").outcome is Outcome.BROKEN
    assert sent(scheme="https").outcome in (Outcome.NOT_TRUSTED, Outcome.NO_CONNECTION)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr(wire, "WHOLE_S", 0.2)
        slow = read_address(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert post(slow, {}, b"{}").outcome is Outcome.TOO_SLOW
    monkeypatch.undo()
    assert post(slow, {}, b"{}").outcome is Outcome.NO_CONNECTION


@pytest.fixture
def here(here: World, near: None) -> World:
    """Two resellers' customers, each with a closing that failed; of their people one wants a webhook, and no mail."""
    User.objects.update(letters=Letters.NEVER)
    Webhook.objects.all().delete()
    return here


@pytest.fixture
def hooked(here: World, receiver: Any) -> tuple[User, str]:
    """The person with a webhook, set up on its page; and the key it was shown there."""
    person = here.own.staff
    page = client_of(person)
    made = page.post(PAGE, {"do": "save", "address": f"http://127.0.0.1:{receiver.port}/T0/secret-of-theirs"})
    return person, str(made.context["key"])


def due() -> list[int]:
    return [*due_for_webhooks().values_list("pk", flat=True)]


def signed(key: str, headers: dict[str, str], body: bytes) -> bool:
    """The check that docs/webhooks.md gives to receivers, as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return bool(names["is_from_clyo"](key, headers, body))


def test_signature__is_that_of_the_documentation() -> None:
    told = (ROOT / "docs/webhooks.md").read_text()
    (key,) = re.findall(r"`(whsec_[\w+/=]+)`", told)
    assert f"`{signature_of(key, 'letter_1', 1764594192, TOLD)}`" in told


def test_failed__is_sent_at_once_signed_and_once_more_under_the_same_number(
    hooked: tuple[User, str], here: World, receiver: Any
) -> None:
    person, key = hooked
    receiver.status = 503
    morning(TUESDAY, "06:30")
    (letter_id,) = due()
    deliver(letter_id)
    assert due() == [], "not before its pause"
    Letter.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    receiver.status = 200
    deliver(letter_id)
    deliver(letter_id)
    (first, once), (second, again) = receiver.got
    assert (once, first["webhook-id"]) == (again, second["webhook-id"])
    assert signed(key, second, again) and not signed(key, second, again + b" ")
    document = json.loads(again)
    assert document["type"] == "letter.at_once"
    assert "PROPRE" in document["text"] and "VOISIN" not in document["text"]
    assert document["data"]["lines"][0]["condition"] == "failed"
    assert document["data"]["lines"][0]["url"].startswith("http://127.0.0.1:8000/console/")
    assert Letter.objects.get(pk=letter_id).state == LetterState.SENT
    assert mail.outbox == []
    quiet_is_over()
    morning(WEDNESDAY, "12:00")
    assert due() == [], "told already, and no mornings were asked for"
    shown = client_of(person).get(PAGE).content.decode()
    assert "secret-of-theirs" not in shown and key not in shown
    assert "503" in shown and "invalid_payload &lt;b&gt;" in shown


def test_names__mention_nobody_and_lead_nowhere_in_a_chat(hooked: tuple[User, str], here: World, receiver: Any) -> None:
    name = "<!here> @all [Exact](https://x.example)"
    Tenant.objects.filter(pk=here.own.tenant.pk).update(name=name)
    morning(TUESDAY, "06:30")
    (letter_id,) = due()
    deliver(letter_id)
    document = json.loads(receiver.got[0][1])
    assert "‹!here› ＠all ［Exact］(https://x.example)" in document["text"]
    assert not {*"<>@[]"} & {*document["text"]}
    assert document["data"]["lines"][0]["customer"] == name


def test_morning__comes_too_for_who_wants_it_beside_the_mail(hooked: tuple[User, str], receiver: Any) -> None:
    person, _key = hooked
    User.objects.filter(pk=person.pk).update(letters=Letters.DAILY)
    Webhook.objects.update(morning=True)
    morning(TUESDAY)
    for letter_id in due():
        deliver(letter_id)
    assert [json.loads(body)["type"] for _headers, body in receiver.got] == ["letter.morning"]
    assert [it.to for it in mail.outbox] == [[person.email]]


def test_given_up__is_told_anew_and_after_days_of_failures_it_is_switched_off(
    hooked: tuple[User, str], receiver: Any
) -> None:
    person, _key = hooked
    receiver.status = 500
    morning(TUESDAY, "06:30")
    (letter_id,) = due()
    for _attempt in range(len(PAUSES) + 1):
        Letter.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        deliver(letter_id)
    assert Letter.objects.get(pk=letter_id).state == LetterState.REFUSED
    quiet_is_over()
    morning(TUESDAY, "06:50")
    (again,) = due()
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    deliver(again)
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    assert "le serveur l’a refusé" in letter.body and "500" in letter.body
    hook = Webhook.objects.get()
    assert hook.off_by_itself and hook.off_at is not None
    Letter.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    deliver(again)
    assert Letter.objects.get(pk=again).state == LetterState.DROPPED
    assert "coupé de lui-même" in client_of(person).get(PAGE).content.decode()
    assert WebhookAttempt.objects.count() == len(receiver.got) == len(PAUSES) + 2


def test_test__that_was_taken_ends_the_days_of_failures(hooked: tuple[User, str], receiver: Any) -> None:
    """A receiver that was mended and tested is not switched off by the next single failure."""
    days_ago = timezone.now() - timedelta(days=6)
    Webhook.objects.update(failing_since=days_ago, test_asked_at=timezone.now())
    refused = counted(Outcome.REFUSED)
    receiver.status = 500
    send_test(Webhook.objects.get().pk)
    assert Webhook.objects.get().failing_since == days_ago
    assert counted(Outcome.REFUSED) == refused + 1
    Webhook.objects.update(test_asked_at=timezone.now())
    receiver.status = 204
    send_test(Webhook.objects.get().pk)
    assert Webhook.objects.get().failing_since is None


def test_letter__whose_worker_dies_each_time_is_given_up(hooked: tuple[User, str], receiver: Any) -> None:
    morning(TUESDAY, "06:30")
    (letter_id,) = due()
    past = timezone.now() - timedelta(seconds=1)
    Letter.objects.update(state=LetterState.SENDING, attempts=len(PAUSES) + 1, not_before=past)
    deliver(letter_id)
    assert Letter.objects.get(pk=letter_id).state == LetterState.REFUSED
    assert (due(), receiver.got) == ([], [])


def suspended(person: User) -> None:
    User.objects.filter(pk=person.pk).update(suspended_at=timezone.now())


def removed(person: User) -> None:
    page = client_of(person)
    press = {"do": "remove", "shown": page.get(PAGE).context["shown"]}
    assert 'name="confirm"' in page.post(PAGE, press).content.decode(), "it is asked first"
    assert Webhook.objects.filter(person=person).exists()
    page.post(PAGE, press | {"confirm": "yes"})


@pytest.mark.parametrize("end", [suspended, removed])
def test_over__after_the_letter_was_made_is_not_sent(
    hooked: tuple[User, str], receiver: Any, end: Callable[[User], None]
) -> None:
    morning(TUESDAY, "06:30")
    (letter_id,) = due()
    end(hooked[0])
    deliver(letter_id)
    assert receiver.got == []
    assert Letter.objects.get(pk=letter_id).state == LetterState.DROPPED


def test_key__is_shown_once_and_the_former_signs_for_a_day(hooked: tuple[User, str], receiver: Any) -> None:
    person, former = hooked
    page = client_of(person)
    shown = page.get(PAGE).context["shown"]
    new = page.post(PAGE, {"do": "key", "shown": shown}).context["key"]
    assert page.post(PAGE, {"do": "key", "shown": shown}).status_code == 302, "loaded again it changes nothing"
    assert Webhook.objects.get().key == new != former
    for do in ("test", "test"):
        page.post(PAGE, {"do": do, "shown": page.get(PAGE).context["shown"]})
    hook = Webhook.objects.get()
    send_test(hook.pk)
    send_test(hook.pk)
    ((headers, body),) = receiver.got
    assert signed(new, headers, body) and signed(former, headers, body)
    Webhook.objects.update(former_until=timezone.now() - timedelta(seconds=1), test_asked_at=timezone.now())
    send_test(hook.pk)
    headers, body = receiver.got[-1]
    assert signed(new, headers, body) and not signed(former, headers, body)


def test_two_presses__at_once_make_one_webhook(hooked: tuple[User, str], monkeypatch: pytest.MonkeyPatch) -> None:
    person = StaffFactory()
    typed = "https://hooks.example.com/x"

    def while_another_press_is_faster() -> str:
        Webhook.objects.create(person=person, address=typed, shown_as="https://hooks.example.com/…", key="whsec_first")
        return "whsec_second"

    monkeypatch.setattr(webhook_page, "new_key", while_another_press_is_faster)
    assert client_of(person).post(PAGE, {"do": "save", "address": typed, "shown": ""}).status_code == 302
    assert Webhook.objects.get(person=person).key == "whsec_first"


def test_database__keeps_address_and_key_encrypted(hooked: tuple[User, str]) -> None:
    from django.db import connection

    with connection.cursor() as sql:
        sql.execute("SELECT address, key, shown_as FROM concerns_webhook")
        kept = sql.fetchone()
        sql.execute("SELECT after::text FROM tenants_change WHERE table_name = 'concerns_webhook'")
        audited = sql.fetchone()
    for told in (*kept, *audited):
        assert "secret-of-theirs" not in told and hooked[1] not in told


def test_page__is_of_the_person_at_the_keyboard_alone(hooked: tuple[User, str], here: World) -> None:
    for other in (StaffFactory(reseller=hooked[0].reseller), here.foreign.staff, here.own.accountant):
        page = client_of(other)
        assert "127.0.0.1" not in page.get(PAGE).content.decode()
        for do in ("test", "key", "off", "remove"):
            page.post(PAGE, {"do": do, "shown": "", "confirm": "yes"})
    hook = Webhook.objects.get()
    assert (hook.person, hook.off_at, hook.test_asked_at) == (hooked[0], None, None)


def test_address__that_may_not_be_is_refused_with_what_to_do(hooked: tuple[User, str], settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = False
    page = client_of(StaffFactory())
    refused = page.post(PAGE, {"do": "save", "address": "http://intranet/x", "shown": ""})
    assert refused.status_code == 422
    assert "doit commencer par https://" in refused.content.decode()
    assert Webhook.objects.count() == 1


def test_choices__stand_apart_by_their_way(hooked: tuple[User, str]) -> None:
    """What went by webhook is new to the mail all the same."""
    User.objects.filter(pk=hooked[0].pk).update(letters=Letters.AT_ONCE)
    morning(TUESDAY, "06:30")
    made = Letter.objects.filter(person=hooked[0], kind=LetterKind.AT_ONCE)
    assert {*made.values_list("channel", flat=True)} == {*Channel.values}
    assert len(mail.outbox) == 1
