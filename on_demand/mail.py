"""A run's report in words, by e-mail, with its file, or with a link when the file is large."""

from datetime import timedelta
from smtplib import SMTPException, SMTPResponseException
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from exports.words.mail_refusals import is_final, said_by_server
from on_demand.content import read_content
from on_demand.link import VALID_FOR, signed_address
from on_demand.models import MailState, OnDemandExport
from on_demand.report import Report
from on_demand.verdict import with_verdicts

log = structlog.get_logger()

ATTACHED_MAX = 7 * 1024 * 1024
ATTEMPTS_MAX = 5
AGAIN_AFTER = timedelta(minutes=5)
# RFC 5321 4.2.3: "exceeded storage allocation", which is how servers refuse a message for its size (RFC 1870 6.1).
TOO_LARGE = 552


def send_report(run_id: UUID) -> None:
    """Send a finished run's report if it is due. What the mail server refuses is shown on the run.

    A refusal for good (5xx) ends it; trouble of the line is tried again by the sweep, five times in all.
    """
    run = _claim(run_id)
    if run is None:
        return
    try:
        _send(run)
    except (SMTPException, OSError) as error:
        over = is_final(error) or run.mail_attempts >= ATTEMPTS_MAX
        log.warning("report_not_sent", run=str(run.pk), why=type(error).__name__, over=over)
        with translation.override(run.language):
            _record(run, MailState.REFUSED if over else MailState.DUE, said_by_server(error))
    else:
        _record(run, MailState.SENT, "")


def _claim(run_id: UUID) -> OnDemandExport | None:
    due = OnDemandExport.objects.filter(
        Q(mail_not_before=None) | Q(mail_not_before__lt=Now()), mail_state=MailState.DUE
    )
    if due.filter(pk=run_id).update(mail_attempts=F("mail_attempts") + 1, mail_not_before=Now() + AGAIN_AFTER) != 1:
        return None
    runs = OnDemandExport.objects.select_related("tenant", "establishment", "content")
    return with_verdicts(runs).get(pk=run_id)


def _record(run: OnDemandExport, state: MailState, detail: str) -> None:
    OnDemandExport.objects.filter(pk=run.pk, mail_state=MailState.DUE).update(
        mail_state=state, mail_detail=detail[:300]
    )


def _send(run: OnDemandExport) -> None:
    """Send with the file; with a link when the file is too large for us, or for the server."""
    attached = run.content is not None and run.content.size < ATTACHED_MAX
    try:
        _message(run, attached=attached).send()
    except SMTPResponseException as error:
        if not attached or error.smtp_code != TOO_LARGE:
            raise
        log.info("report_with_link", run=str(run.pk))
        _message(run, attached=False).send()


def _message(run: OnDemandExport, *, attached: bool) -> EmailMessage:
    content = run.content
    report = Report(run)
    with translation.override(run.language):
        body = render_to_string(
            "on_demand/mail.txt",
            {
                "run": run,
                "report": report,
                "attached": attached,
                "link": signed_address(run) if content is not None and not attached else "",
                "days": VALID_FOR.days,
                "site": settings.PUBLIC_URL,
            },
        )
        subject = _("{what}: {state}").format(what=run, state=report.verdict_words)
    message = EmailMessage(f"{run.establishment or run.tenant} – {subject}", body, to=[run.email])
    if content is not None and attached:
        message.attach(run.file_name, b"".join(read_content(content)), "application/octet-stream")
        message.attach(f"{run.file_name.rpartition('.')[0]}-controle.csv", bytes(run.sheet_csv or b""), "text/csv")
    return message
