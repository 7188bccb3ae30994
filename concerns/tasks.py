"""Celery's doors of this room."""

from celery import shared_task

from concerns.answers.again import ANSWERS_AGAIN, mail_again
from concerns.letters.round import go_round


@shared_task(name="concerns.letters")
def letters() -> None:
    """Write to people what waits for a person: each morning, or at once."""
    go_round()
    mail_again()


@shared_task(name=ANSWERS_AGAIN)
def answers_again() -> None:
    """Mail the links that were asked for on the pages of those that are over."""
    mail_again()
