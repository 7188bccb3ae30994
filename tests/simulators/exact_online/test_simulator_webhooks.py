"""Webhooks: subscribing, signed events, retries, duplicates and no order (rules 9)."""

import hashlib
import hmac
import json
import queue
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from simulated_exact import REDIRECT, Company, Server, message

PATH, SALES, ACCOUNTS = "webhooks/WebhookSubscriptions", "salesentry/SalesEntries", "crm/Accounts"
SECRET = "demo-webhook-secret"
WAIT_S = 20


@dataclass
class Receiver:
    """A subscriber's server; `statuses` are its next answers, then it answers 200."""

    url: str = ""
    bodies: "queue.Queue[bytes]" = field(default_factory=queue.Queue)
    statuses: "queue.Queue[int]" = field(default_factory=queue.Queue)

    def next_event(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.bodies.get(timeout=WAIT_S))["Content"]
        return content


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.put(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            try:
                status = found.statuses.get_nowait()
            except queue.Empty:
                status = 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nothing on the console."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _plain(server: Server) -> Iterator[None]:
    """Events are sent at once and once, whatever the test before asked for."""
    yield
    server.control("webhooks", hold=False, copies=1)
    server.http.delete("/_control/readings")
    server.http.delete("/_control/webhooks")


def subscribe(exact: Company, receiver: Receiver, topic: str = "SalesEntries") -> dict[str, Any]:
    row = exact.created(PATH, {"CallbackURL": receiver.url, "Topic": topic})
    assert receiver.bodies.get(timeout=WAIT_S) == b""
    return row


def events_of(exact: Company) -> list[dict[str, Any]]:
    every = exact.server.http.get("/_control/webhooks").json()["events"]
    return [event for event in every if event["division"] == exact.division]


def until(exact: Company, state: str, attempts: int) -> dict[str, Any]:
    """The company's only event, once it has had so many attempts and is in that state."""
    for _ in range(10_000):
        (event,) = events_of(exact)
        if (event["state"], len(event["attempts"])) == (state, attempts):
            return event
    raise AssertionError(event)


class TestSubscription:
    def test_address_is_asked_with_an_empty_post(self, exact: Company, receiver: Receiver) -> None:
        row = subscribe(exact, receiver)
        assert (row["CallbackURL"], row["Topic"], row["Division"]) == (receiver.url, "SalesEntries", exact.division)
        assert re.fullmatch(r"[0-9a-f-]{36}", row["ClientID"])
        assert [one["ID"] for one in exact.rows(PATH)] == [row["ID"]]

    @pytest.mark.parametrize("status", [301, 404, 500, 503])
    def test_other_answers_than_2xx_are_refused(self, exact: Company, receiver: Receiver, status: int) -> None:
        receiver.statuses.put(status)
        reasons = exact.refusal(PATH, {"CallbackURL": receiver.url, "Topic": "SalesEntries"})
        assert reasons == [f"Non valide : l'envoi à l'URL de rappel renvoie {status}"]
        assert exact.rows(PATH) == []

    def test_nobody_there_is_refused(self, server: Server) -> None:
        """Rules 4.3: the words of the live message."""
        exact = server.new_company("en")
        (reason,) = exact.refusal(PATH, {"CallbackURL": "http://127.0.0.1:9/hook", "Topic": "Accounts"})
        assert reason.startswith("Invalid: Post to callback URL endpoint returns ")

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"Topic": "SalesEntries"}, "Obligatoire : URL de rappel"),
            ({"CallbackURL": "https://example.com/"}, "Obligatoire : Sujet"),
            ({"CallbackURL": "https://example.com/", "Topic": "Wibble"}, "Référence non valide : Sujet"),
            ({"CallbackURL": "http://example.com/", "Topic": "Accounts"}, "Non valide : URL de rappel"),
            ({"CallbackURL": "ftp://127.0.0.1/", "Topic": "Accounts"}, "Non valide : URL de rappel"),
            ({"CallbackURL": "http://[", "Topic": "Accounts"}, "Non valide : URL de rappel"),
        ],
    )
    def test_refused(self, exact: Company, body: dict[str, str], reason: str) -> None:
        """https only; plain http on this machine alone."""
        assert exact.refusal(PATH, body) == [reason]

    def test_one_of_each_topic(self, exact: Company, receiver: Receiver) -> None:
        subscribe(exact, receiver)
        body = {"CallbackURL": receiver.url, "Topic": "SalesEntries"}
        assert exact.refusal(PATH, body) == ["Existe déjà - Sujet : SalesEntries"]
        subscribe(exact, receiver, "Accounts")

    def test_put_is_refused(self, exact: Company, receiver: Receiver) -> None:
        """As callers report it, although the reference has a PUT."""
        key = f"{PATH}(guid'{subscribe(exact, receiver)['ID']}')"
        answer = exact.call("PUT", key, json={"Topic": "Accounts"})
        assert (answer.status_code, message(answer)) == (500, "Non autorisé : Abonnement webhook")

    def test_webhook_put(self, exact: Company, receiver: Receiver, server: Server) -> None:
        """`refused` or `accepted`: as the reference has it."""
        key = f"{PATH}(guid'{subscribe(exact, receiver)['ID']}')"
        server.control("readings", webhook_put="accepted")
        assert exact.call("PUT", key, json={"Topic": "Accounts"}).status_code == 204
        row = exact.get(key).json()["d"]
        assert (row["Topic"], row["CallbackURL"]) == ("Accounts", receiver.url)

    def test_another_apps_are_not_seen(self, exact: Company, receiver: Receiver, server: Server) -> None:
        """Per app and company."""
        row = subscribe(exact, receiver)
        app = f"app-{exact.division}"
        server.control("apps", client_id=app, client_secret="s")
        code = server.control("authorize", client_id=app, redirect_uri=REDIRECT, user=exact.user)["code"]
        form = {"client_id": app, "client_secret": "s", "grant_type": "authorization_code", "code": code}
        tokens = server.http.post("/api/oauth2/token", data={**form, "redirect_uri": REDIRECT}).json()
        other = Company(server, exact.division, exact.user, tokens)
        assert other.rows(PATH) == []
        assert other.call("DELETE", f"{PATH}(guid'{row['ID']}')").status_code == 404


class TestEvents:
    def test_signed_over_the_raw_content(self, exact: Company, receiver: Receiver) -> None:
        """Upper-case hex HMAC-SHA256 with the app's webhook secret, checked as a known client does: on the text."""
        client = subscribe(exact, receiver)["ClientID"]
        entry = exact.created(SALES, exact.sale(exact.line()))
        body = receiver.bodies.get(timeout=WAIT_S).decode()
        match = re.fullmatch(r'\{"Content":(.*),"HashCode":"(.*)"\}', body)
        assert match is not None
        assert match[2] == hmac.new(SECRET.encode(), match[1].encode(), hashlib.sha256).hexdigest().upper()
        assert json.loads(match[1]) == {
            "Topic": "SalesEntries",
            "ClientId": client,
            "Division": exact.division,
            "Action": "Create",
            "Key": entry["EntryID"],
            "ExactOnlineEndpoint": entry["__metadata"]["uri"],
        }

    def test_endpoint_leads_to_the_row(self, exact: Company, receiver: Receiver) -> None:
        """A webhook is only a hint: fetch the entity."""
        subscribe(exact, receiver)
        entry = exact.created(SALES, exact.sale(exact.line(), YourRef="Z-1"))
        endpoint = receiver.next_event()["ExactOnlineEndpoint"]
        fetched = exact.server.http.get(endpoint, headers=exact.headers).json()["d"]
        assert (fetched["EntryID"], fetched["YourRef"]) == (entry["EntryID"], "Z-1")

    def test_create_update_delete(self, exact: Company, receiver: Receiver) -> None:
        subscribe(exact, receiver)
        key = f"{SALES}(guid'{exact.created(SALES, exact.sale(exact.line()))['EntryID']}')"
        exact.call("PUT", key, json={"YourRef": "Z-1"})
        (line,) = exact.get(f"{key}/SalesEntryLines").json()["d"]["results"]
        exact.call("PUT", f"salesentry/SalesEntryLines(guid'{line['ID']}')", json={"AmountFC": 7})
        exact.call("DELETE", key)
        events = [receiver.next_event() for _ in range(4)]
        assert [event["Action"] for event in events] == ["Create", "Update", "Update", "Delete"]
        assert {event["Key"] for event in events} == {key[len(SALES) + 6 : -2]}

    def test_refused_entry_has_no_event(self, exact: Company, receiver: Receiver) -> None:
        subscribe(exact, receiver)
        exact.refusal(SALES, exact.sale())
        assert events_of(exact) == []

    def test_topic_of_every_resource(self, exact: Company, receiver: Receiver, server: Server) -> None:
        topics = ["SalesEntries", "CashEntries", "BankEntries", "GeneralJournalEntries", "FinancialTransactions"]
        topics += ["Accounts", "GLAccounts", "Documents", "DocumentAttachments"]
        for topic in topics:
            subscribe(exact, receiver, topic)
        server.control("webhooks", hold=True)
        exact.created(SALES, exact.sale(exact.line()))
        exact.created("financialtransaction/CashEntries", exact.receipt(exact.receipt_line(20)))
        bank = {"JournalCode": "50", "BankEntryLines": [exact.receipt_line(20)]}
        exact.created("financialtransaction/BankEntries", bank)
        lines = [exact.receipt_line(20), exact.receipt_line(-20)]
        general = {"JournalCode": "90", "GeneralJournalEntryLines": lines}
        exact.created("generaljournalentry/GeneralJournalEntries", general)
        exact.created(ACCOUNTS, {"Name": "N"})
        exact.created("financial/GLAccounts", {"Code": "1", "Description": "d"})
        document = exact.created("documents/Documents", {"Subject": "Z", "Type": 55})["ID"]
        attachment = {"Document": document, "FileName": "z", "Attachment": "Wg=="}
        exact.created("documents/DocumentAttachments", attachment)
        told = [event["topic"] for event in events_of(exact)]
        assert sorted(told) == sorted([*topics, *["FinancialTransactions"] * 3])

    def test_companies_are_apart(self, exact: Company, receiver: Receiver, server: Server) -> None:
        subscribe(exact, receiver, "Accounts")
        other = server.new_company()
        other.created(ACCOUNTS, {"Name": "N"})
        assert events_of(other) == events_of(exact) == []

    def test_none_after_unsubscribing(self, exact: Company, receiver: Receiver, server: Server) -> None:
        """Also none of those that waited."""
        key = f"{PATH}(guid'{subscribe(exact, receiver, 'Accounts')['ID']}')"
        server.control("webhooks", hold=True)
        exact.created(ACCOUNTS, {"Name": "N"})
        answer = exact.call("DELETE", key)
        assert (answer.status_code, answer.content) == (204, b"")
        exact.created(ACCOUNTS, {"Name": "M"})
        assert [event["state"] for event in events_of(exact)] == ["given up"]
        assert server.control("webhooks/release") == {"released": 0}


class TestDelivery:
    def test_tried_again_after_a_failure(self, exact: Company, receiver: Receiver, frozen: Server) -> None:
        subscribe(exact, receiver, "Accounts")
        receiver.statuses.put(500)
        exact.created(ACCOUNTS, {"Name": "N"})
        until(exact, "waiting", 1)
        frozen.control("clock", advance=239)
        until(exact, "waiting", 1)
        frozen.control("clock", advance=1)
        assert until(exact, "delivered", 2)["attempts"] == ["500", "200"]
        assert receiver.next_event() == receiver.next_event()

    def test_webhook_retries(self, exact: Company, receiver: Receiver, server: Server) -> None:
        """`10_in_34_hours` as below, or `none`: an event that fails is lost."""
        subscribe(exact, receiver, "Accounts")
        server.control("readings", webhook_retries="none")
        receiver.statuses.put(500)
        exact.created(ACCOUNTS, {"Name": "N"})
        assert until(exact, "given up", 1)["attempts"] == ["500"]

    def test_given_up_after_ten_times_in_34_hours(self, exact: Company, receiver: Receiver, frozen: Server) -> None:
        subscribe(exact, receiver, "Accounts")
        for _ in range(10):
            receiver.statuses.put(503)
        exact.created(ACCOUNTS, {"Name": "N"})
        minutes = 0
        for attempt in range(1, 10):
            until(exact, "waiting", attempt)
            minutes += 4 * 2 ** (attempt - 1)
            frozen.control("clock", advance=240 * 2 ** (attempt - 1))
        until(exact, "given up", 10)
        assert minutes // 60 == 34

    def test_twice(self, exact: Company, receiver: Receiver, server: Server) -> None:
        subscribe(exact, receiver, "Accounts")
        server.control("webhooks", copies=2)
        exact.created(ACCOUNTS, {"Name": "N"})
        assert receiver.next_event() == receiver.next_event()

    @pytest.mark.parametrize(("order", "expected"), [("oldest_first", [0, 1, 2]), ("newest_first", [2, 1, 0])])
    def test_held_and_sent_in_another_order(
        self, exact: Company, receiver: Receiver, server: Server, order: str, expected: list[int]
    ) -> None:
        subscribe(exact, receiver, "Accounts")
        server.control("webhooks", hold=True)
        keys = [exact.created(ACCOUNTS, {"Name": name})["ID"] for name in "abc"]
        assert {event["state"] for event in events_of(exact)} == {"held"}
        assert receiver.bodies.empty()
        assert server.control("webhooks/release", order=order) == {"released": 3}
        assert [keys.index(receiver.next_event()["Key"]) for _ in keys] == expected

    def test_shuffled_loses_none(self, exact: Company, receiver: Receiver, server: Server) -> None:
        subscribe(exact, receiver, "Accounts")
        server.control("webhooks", hold=True)
        keys = {exact.created(ACCOUNTS, {"Name": name})["ID"] for name in "abcd"}
        server.control("webhooks/release", order="shuffled")
        assert {receiver.next_event()["Key"] for _ in keys} == keys

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("webhooks", {"copies": 0}),
            ("webhooks", {"copies": 99}),
            ("webhooks", {"hold": "yes"}),
            ("webhooks/release", {"order": "sideways"}),
        ],
    )
    def test_nonsense_is_400(self, server: Server, path: str, body: dict[str, Any]) -> None:
        answer = server.http.post(f"/_control/{path}", json=body)
        assert (answer.status_code, set(answer.json())) == (400, {"error"})
