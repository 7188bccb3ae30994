"""`manage.py sendtestemail ADDRESS …`: Django's own, which says in a sentence what failed, and where to mend it."""

import ssl
from smtplib import SMTPAuthenticationError, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from socket import gaierror
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import sendtestemail

from exports.words.mail_refusals import said_by_server


class Command(sendtestemail.Command):
    help = "Sends a letter to the addresses, the way every letter of the service goes; says what failed when it does."
    # A letter needs no page; the checks read every address and admin of the console, a third of this command's time.
    requires_system_checks = ()

    def handle(self, *arguments: Any, **options: Any) -> None:
        where = settings.MAIL_SERVER or f"files in {settings.EMAIL_FILE_PATH} (EMAIL_URL is not set)"
        try:
            super().handle(*arguments, **options)
        except OSError as error:
            raise CommandError(f"Nothing was sent. {where}: {_say_why(error)}") from error
        self.stdout.write(f"Handed to {where}, from {settings.DEFAULT_FROM_EMAIL}.")


def _say_why(error: OSError) -> str:
    match error:
        case SMTPAuthenticationError():
            return f"the server refuses the user or password of EMAIL_URL ({said_by_server(error)})"
        case SMTPNotSupportedError():
            return f"the server cannot do what EMAIL_URL asks of it ({error})"
        case SMTPRecipientsRefused():
            return f"the server refuses the receivers ({said_by_server(error)})"
        case SMTPResponseException():
            return f"the server refuses the letter; EMAIL_FROM may be nobody it knows ({said_by_server(error)})"
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not to be trusted for the host in EMAIL_URL ({error.verify_message})"
        case ssl.SSLError():
            return f"no TLS on the port in EMAIL_URL; is it smtp+tls:// for 587, smtps:// for 465? ({error})"
        case gaierror():
            return f"the host in EMAIL_URL is not known ({error})"
    return f"nobody answers at the host and port of EMAIL_URL as a mail server does ({type(error).__name__}: {error})"
