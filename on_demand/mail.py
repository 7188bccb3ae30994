"""An export's report in words, or that of a set of them, by e-mail: with the file, or with a link when it is large."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from smtplib import SMTPException, SMTPResponseException
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from exports.words.mail_refusals import is_final, said_by_server
from on_demand.content import read_content
from on_demand.link import VALID_FOR, signed_address, signed_address_of_set
from on_demand.models import UNFINISHED, ExportPart, ExportSet, Mailed, MailState, OnDemandExport
from on_demand.report import Report
from on_demand.together import Together, zip_of
from on_demand.verdict import with_verdicts

log = structlog.get_logger()

ATTACHED_MAX = 7 * 1024 * 1024
ATTEMPTS_MAX = 5
AGAIN_AFTER = timedelta(minutes=5)
# RFC 5321 4.2.3: "exceeded storage allocation", which is how servers refuse a message for its size (RFC 1870 6.1).
TOO_LARGE = 552


def send_report(export_id: UUID) -> None:
    """Send a finished export's report, or that of its set, if one is due and no other worker is sending it.

    The mail server's refusal is shown on the page. A final one (5xx) ends it; after other failures the sweep tries
    again, five times in all.
    """
    if _claim(OnDemandExport.objects.filter(pk=export_id)):
        exports = OnDemandExport.objects.select_related("tenant", "establishment", "content")
        export = with_verdicts(exports).get(pk=export_id)
        size = export.content.size if export.content else 0
        _send(export, partial(_message, export), has_file=export.content is not None, size=size)
    under_way = ExportPart.objects.filter(together=OuterRef("pk"), export__state__in=UNFINISHED)
    sets = ExportSet.objects.filter(~Exists(under_way), parts__export=export_id)
    if (found := sets.first()) and _claim(ExportSet.objects.filter(pk=found.pk)):
        found.refresh_from_db()
        shown = Together(found)
        size = sum(export.content.size for export in shown.exports if export.content)
        _send(found, partial(_message_of_set, shown), has_file=shown.has_files, size=size)


def _claim(rows: QuerySet[Any]) -> bool:
    due = rows.filter(Q(mail_not_before=None) | Q(mail_not_before__lt=Now()), mail_state=MailState.DUE)
    return due.update(mail_attempts=F("mail_attempts") + 1, mail_not_before=Now() + AGAIN_AFTER) == 1


def _send(what: Mailed, message: Callable[..., EmailMessage], *, has_file: bool, size: int) -> None:
    """Send with the file; with a link when the file is too large for us, or for the server."""
    attached = has_file and size < ATTACHED_MAX
    try:
        with translation.override(what.language):
            _send_once(message, attached=attached, name=str(what.pk))
    except (SMTPException, OSError) as error:
        over = is_final(error) or what.mail_attempts >= ATTEMPTS_MAX
        log.warning("report_not_sent", export=str(what.pk), why=type(error).__name__, over=over)
        with translation.override(what.language):
            _record(what, MailState.REFUSED if over else MailState.DUE, said_by_server(error))
    else:
        _record(what, MailState.SENT, "")


def _send_once(message: Callable[..., EmailMessage], *, attached: bool, name: str) -> None:
    try:
        message(attached=attached).send()
    except SMTPResponseException as error:
        if not attached or error.smtp_code != TOO_LARGE:
            raise
        log.info("report_with_link", export=name)
        message(attached=False).send()


def _record(what: Mailed, state: MailState, detail: str) -> None:
    """Store how this try ended: a failure unless another worker has begun the next try; what was sent is sent."""
    rows = type(what)._default_manager.filter(pk=what.pk)
    if state == MailState.SENT:
        rows = rows.filter(mail_state__in=[MailState.DUE, MailState.REFUSED])
    else:
        rows = rows.filter(mail_state=MailState.DUE, mail_attempts=what.mail_attempts)
    rows.update(mail_state=state, mail_detail=detail[:300])


def _message(export: OnDemandExport, *, attached: bool) -> EmailMessage:
    content, report = export.content, Report(export)
    shown = {
        "export": export,
        "report": report,
        "attached": attached,
        "link": signed_address(export) if content is not None and not attached else "",
        "days": VALID_FOR.days,
        "site": settings.PUBLIC_URL,
    }
    subject = _("{what}: {state}").format(what=export, state=report.verdict_words)
    body = render_to_string("on_demand/mail.txt", shown)
    message = EmailMessage(f"{export.establishment or export.tenant} – {subject}", body, to=[export.email])
    if content is not None and attached:
        message.attach(export.file_name, b"".join(read_content(content)), "application/octet-stream")
        message.attach(
            f"{export.file_name.rpartition('.')[0]}-controle.csv", bytes(export.sheet_csv or b""), "text/csv"
        )
    return message


def _message_of_set(together: Together, *, attached: bool) -> EmailMessage:
    shown = {
        "together": together,
        "attached": attached,
        "link": signed_address_of_set(together.set) if together.has_files and not attached else "",
        "days": VALID_FOR.days,
        "site": settings.PUBLIC_URL,
    }
    subject = _("{what}: {state}").format(what=together.title, state=together.verdict_words)
    message = EmailMessage(subject, render_to_string("on_demand/mail_together.txt", shown), to=[together.set.email])
    if attached:
        with zip_of(together.exports) as packed:
            message.attach(together.zip_name, packed.read(), "application/zip")
    return message
