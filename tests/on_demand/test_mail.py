"""The report by a real SMTP server: with the file, with a link when it is large, and what the server refuses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any, LiteralString

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.test import Client
from time_machine import travel

from on_demand.models import MonthlyExport, OnDemandExport, OnDemandFormat
from on_demand.monthly import ask_for_due_months
from tests.on_demand.given import asked, content_of, done, page_of, push, shop
from tools.stack.programs import free_port

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "compta@example.fr"


LARGEST = 7 * 1024 * 1024
# Copies of one closing: a hundred on each of 34 days, some 7.8 MB.
COPIES: LiteralString = """
    INSERT INTO exports_storedclosing (id, tenant_id, establishment_id, till_id, kind, number, business_date, closed_at,
                                gross, document, state, problems, accepted_problems, created_at, state_since)
    SELECT gen_random_uuid(), e.tenant_id, e.establishment_id, e.till_id, e.kind, 2000 + 100 * day + n,
           date '2026-01-01' + day, e.closed_at, e.gross, e.document, e.state, e.problems, e.accepted_problems,
           e.created_at, e.state_since
    FROM exports_storedclosing e, generate_series(0, 33) day, generate_series(0, 99) n WHERE e.id = %s
"""


class Postbox:
    """Takes every mail, except what its addresses say."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        if address.startswith("nobody"):
            return "550 No such user here"
        if address.startswith("later"):
            return "451 Greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        if envelope.rcpt_tos[0].startswith("full"):
            return "552 Mailbox full"
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    with serving(settings, box):
        yield box


@contextmanager
def serving(settings: Any, box: Postbox, **limits: int) -> Iterator[None]:
    """A real SMTP server, in force as the product's."""
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **limits)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    try:
        yield
    finally:
        controller.stop()


def parts_of(mail: Message) -> dict[str | None, bytes]:
    return {it.get_filename(): it.get_payload(decode=True) for it in mail.walk() if not it.is_multipart()}  # type: ignore[misc]


def test_report__comes_with_the_file_and_its_sheet(postbox: Postbox) -> None:
    till = shop()
    push(till, 1042)
    push(till, 1043, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    export = done(asked(till, OnDemandFormat.CIEL, email=ADDRESS))
    assert export.mail_state == "sent"
    (mail,) = postbox.mails
    parts = parts_of(mail)
    assert mail["To"] == ADDRESS
    assert parts["XIMPORT.TXT"] == content_of(export)
    assert export.sheet["sha256"] in parts["XIMPORT-controle.csv"].decode("utf-8-sig")
    words = parts[None].decode()
    assert "Clôtures dans le fichier" in words
    assert "Comparez-les au Z imprimé" in words


def test_file__is_attached_below_seven_megabytes_and_a_link_from_there(postbox: Postbox) -> None:
    till = shop()
    (pushed,) = push(till, 1042)
    with connection.cursor() as cursor:
        cursor.execute(COPIES, [pushed.pk])
    first = date(2026, 1, 1)
    large = done(asked(till, OnDemandFormat.SAGE, email=ADDRESS, first=first, last=first + timedelta(days=33)))
    days = (LARGEST - 1) * 34 // large.content.size
    last = first + timedelta(days=days - 1)
    small = done(asked(till, OnDemandFormat.SAGE, email=ADDRESS, first=first, last=last, again=True))
    assert LARGEST * 0.97 < small.content.size < LARGEST < large.content.size < LARGEST * 1.1

    with_link, with_file = map(parts_of, postbox.mails)
    assert with_file[small.file_name] == content_of(small)
    assert set(with_link) == {None}
    address = re.search(r"http://\S+(/exports/file/\S+)", with_link[None].decode())
    assert address is not None
    path = address[1]
    assert b"".join(Client().get(path)) == content_of(large)  # type: ignore[arg-type]
    assert [Client().get(it).status_code for it in (path[:-1], f"{path}x", path.replace(":", "A:", 1))] == [404] * 3
    for later, status in ((timedelta(days=6.9), 200), (timedelta(days=7.1), 410)):
        with travel(datetime.now(UTC) + later):
            assert Client().get(path).status_code == status


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("nobody", "refused", "Réponse du serveur de messagerie : {}: 550 No such user here"),
        ("full", "refused", "Réponse du serveur de messagerie : 552 Mailbox full"),
        ("later", "due", "Nouvel essai d’envoi du compte rendu à {} : {}: 451 Greylisted, come again"),
    ],
)
def test_bounce__is_shown_on_the_exports_page(postbox: Postbox, name: str, state: str, said: str) -> None:
    till, address = shop(), f"{name}@example.fr"
    push(till, 1042)
    export = done(asked(till, OnDemandFormat.CIEL, email=address))
    assert (export.state, export.mail_state) == ("done", state)
    assert said.replace("{}", address) in page_of(export, till)
    assert postbox.mails == []


def test_server__that_takes_no_mail_of_that_size_gets_one_with_a_link(settings: Any) -> None:
    till, box = shop(), Postbox()
    push(till, 1042)
    with serving(settings, box, data_size_limit=2_500):
        export = done(asked(till, OnDemandFormat.SAGE, email=ADDRESS))
    assert export.mail_state == "sent"
    (mail,) = box.mails
    assert {*parts_of(mail)} == {None}
    assert "/exports/file/" in parts_of(mail)[None].decode()


def test_server__that_takes_not_even_the_link_is_shown(settings: Any) -> None:
    till = shop()
    push(till, 1042)
    with serving(settings, Postbox(), data_size_limit=200):
        export = done(asked(till, OnDemandFormat.SAGE, email=ADDRESS))
    assert (export.state, export.mail_state) == ("done", "refused")
    assert "552 Error: message size exceeds fixed maximum message size" in page_of(export, till)


def test_report__is_sent_once_however_often_a_worker_is_told(postbox: Postbox) -> None:
    till = shop()
    push(till, 1042)
    export = done(asked(till, OnDemandFormat.CIEL, email=ADDRESS))
    done(export)
    assert len(postbox.mails) == 1


def test_server__that_is_away_is_tried_again_later(settings: Any, postbox: Postbox) -> None:
    till, port = shop(), settings.EMAIL_PORT
    push(till, 1042)
    settings.EMAIL_PORT = 9
    export = done(asked(till, OnDemandFormat.CIEL, email=ADDRESS))
    assert (export.mail_state, export.mail_attempts) == ("due", 1)
    assert "Nouvel essai d’envoi" in page_of(export, till)
    assert "Le serveur de messagerie ne répond pas" in page_of(export, till)
    settings.EMAIL_PORT = port
    OnDemandExport.objects.update(mail_not_before=None)
    assert done(export).mail_state == "sent"


def test_monthly_export__asks_once_for_the_month_before() -> None:
    establishment = shop().till.establishment
    MonthlyExport.objects.create(
        tenant=establishment.tenant, establishment=establishment, day=5, format=OnDemandFormat.FEC, email=ADDRESS
    )
    with travel("2026-04-04T12:00:00+02:00", tick=False):
        assert ask_for_due_months() == []
    with travel("2026-04-05T12:00:00+02:00", tick=False):
        (export,) = ask_for_due_months()
        assert ask_for_due_months() == []
    assert (export.first_date, export.last_date) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (export.email, export.format) == (ADDRESS, "fec")
