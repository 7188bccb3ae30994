"""How mail leaves, by SMTP: counted by what became of it."""

from smtplib import SMTPException, SMTPServerDisconnected

from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage
from prometheus_client import Counter

SENT, REFUSED, UNREACHABLE = "sent", "refused", "unreachable"
MAILS = Counter("clyo_mails", "Mails, by what became of a try to send each.", ["outcome"])
for _outcome in (SENT, REFUSED, UNREACHABLE):
    MAILS.labels(_outcome)


class CountedEmailBackend(EmailBackend):
    """Django's own, whose errors are counted and raised on."""

    def open(self) -> bool | None:
        """Connect and log in. A failure counts as one mail that did not go: there is one to send."""
        try:
            return super().open()
        except SMTPServerDisconnected:
            MAILS.labels(UNREACHABLE).inc()
            raise
        except SMTPException:
            MAILS.labels(REFUSED).inc()
            raise
        except OSError:
            MAILS.labels(UNREACHABLE).inc()
            raise

    def _send(self, email_message: EmailMessage) -> bool:
        try:
            sent: bool = super()._send(email_message)  # type: ignore[misc] # no stub of it
        except SMTPServerDisconnected:
            MAILS.labels(UNREACHABLE).inc()
            raise
        except (SMTPException, OSError):
            MAILS.labels(REFUSED).inc()
            raise
        if sent:
            MAILS.labels(SENT).inc()
        return sent
