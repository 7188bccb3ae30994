"""A mail server's refusal of a letter: whether it is final, and its words."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException

from exports.words.problems import sentence
from ledger.problem import Problem


def is_final(error: Exception) -> bool:
    """Whether trying again is of no use: the server refused for good (5xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= 500


def said_by_server(error: Exception) -> str:
    """The mail server's answer as readable text; a sentence of ours when it gave none."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(f"{address}: {code} {_text(said)}" for address, (code, said) in error.recipients.items())
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return sentence(Problem(code="mail_server_away").to_document())


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
