"""Two workers at the report of one export: a late failure of the first is not that of the second."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from threading import Event
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from on_demand.mail import send_report
from on_demand.models import OnDemandExport
from tests.world import world

pytestmark = pytest.mark.django_db(transaction=True)


def test_report__sent_by_the_second_worker_is_sent_whatever_the_first_says_late(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = world().own.export
    row = OnDemandExport.objects.filter(pk=export.pk)
    row.update(mail_state="due", mail_not_before=None)
    sending, late = Event(), Event()
    begun: list[Future[None]] = []

    def second() -> int:
        sending.set()
        assert late.wait(20)
        return 1

    def first() -> int:
        row.update(mail_not_before=timezone.now() - timedelta(seconds=1))
        begun.append(pool.submit(send_and_leave))
        assert sending.wait(20)
        raise SMTPRecipientsRefused({"a@b.example": (550, b"no such user")})

    def send_and_leave() -> None:
        try:
            send_report(export.pk)
        finally:
            connection.close()

    answers: list[Callable[[], int]] = [first, second]
    monkeypatch.setattr(EmailMessage, "send", lambda *_given, **_named: answers.pop(0)())
    with ThreadPoolExecutor(1) as pool:
        send_report(export.pk)
        assert said(row) == ("due", 2)
        late.set()
        begun[0].result()
    assert said(row) == ("sent", 2)


def said(row: Any) -> Any:
    return row.values_list("mail_state", "mail_attempts").get()
