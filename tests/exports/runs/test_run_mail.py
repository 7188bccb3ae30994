"""The report by a real SMTP server: with the file, with a link when it is large, and what the server refuses."""

from collections.abc import Iterator
from datetime import date
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from time_machine import travel

from exports.runs.models import ExportRun, MonthlyExport, RunFormat
from exports.runs.monthly import ask_for_due_months
from integration.stack.programs import free_port
from tests.exports.runs.given import asked, content_of, done, push, shop

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "compta@example.fr"


class Postbox:
    """Takes every mail, except for addresses that nobody has."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        if address.startswith("nobody"):
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield box
    controller.stop()


def parts_of(mail: Message) -> dict[str | None, bytes]:
    return {it.get_filename(): it.get_payload(decode=True) for it in mail.walk() if not it.is_multipart()}  # type: ignore[misc]


def test_report__comes_with_the_file_and_its_sheet(postbox: Postbox) -> None:
    till = shop()
    push(till, 1042)
    push(till, 1043, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}])
    run = done(asked(till, RunFormat.CIEL, email=ADDRESS))
    assert run.mail_state == "sent"
    (mail,) = postbox.mails
    parts = parts_of(mail)
    assert mail["To"] == ADDRESS
    assert parts["XIMPORT.TXT"] == content_of(run)
    assert run.sheet["sha256"] in parts["XIMPORT-controle.csv"].decode("utf-8-sig")
    words = parts[None].decode()
    assert "Clôtures dans le fichier" in words
    assert "Comparez le Z imprimé" in words


def test_large_file__is_a_link_in_the_mail(postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.runs.mail.ATTACHED_MAX", 10)
    till = shop()
    push(till, 1042)
    done(asked(till, RunFormat.CIEL, email=ADDRESS))
    parts = parts_of(postbox.mails[0])
    assert set(parts) == {None}
    assert "/exports/file/" in parts[None].decode()


def test_refused_address__is_shown_on_the_run(postbox: Postbox) -> None:
    till = shop()
    push(till, 1042)
    run = done(asked(till, RunFormat.CIEL, email="nobody@example.fr"))
    assert (run.state, run.mail_state) == ("done", "refused")
    assert "550 No such user here" in run.mail_detail


def test_report__is_sent_once_however_often_a_worker_is_told(postbox: Postbox) -> None:
    till = shop()
    push(till, 1042)
    run = done(asked(till, RunFormat.CIEL, email=ADDRESS))
    done(run)
    assert len(postbox.mails) == 1


def test_server__that_is_away_is_tried_again_later(settings: Any, postbox: Postbox) -> None:
    till, port = shop(), settings.EMAIL_PORT
    push(till, 1042)
    settings.EMAIL_PORT = 9
    run = done(asked(till, RunFormat.CIEL, email=ADDRESS))
    assert (run.mail_state, run.mail_attempts) == ("due", 1)
    settings.EMAIL_PORT = port
    ExportRun.objects.update(mail_not_before=None)
    assert done(run).mail_state == "sent"


def test_production_without_a_server__says_so(settings: Any) -> None:
    settings.MAIL_READY = False
    till = shop()
    push(till, 1042)
    run = done(asked(till, RunFormat.CIEL, email=ADDRESS))
    assert (run.mail_state, "Aucun serveur" in run.mail_detail) == ("refused", True)


def test_monthly_export__asks_once_for_the_month_before() -> None:
    establishment = shop().till.establishment
    MonthlyExport.objects.create(
        tenant=establishment.tenant, establishment=establishment, day=5, format=RunFormat.FEC, email=ADDRESS
    )
    with travel("2026-04-04T12:00:00+02:00", tick=False):
        assert ask_for_due_months() == []
    with travel("2026-04-05T12:00:00+02:00", tick=False):
        (run,) = ask_for_due_months()
        assert ask_for_due_months() == []
    assert (run.first_date, run.last_date) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (run.email, run.format) == (ADDRESS, "fec")
