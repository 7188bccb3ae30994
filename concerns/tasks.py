"""This room's Celery tasks."""

from celery import shared_task

from concerns.answers.again import ANSWERS_AGAIN, mail_again
from concerns.letters.round import go_round
from concerns.letters.to_webhook import DELIVER, TEST, deliver, send_test
from tenants.offering import OFFERS, tell_receivers


@shared_task(name="concerns.letters")
def letters() -> None:
    """Write to people what waits for a person: each morning, or at once."""
    go_round()
    mail_again()
    tell_receivers()


@shared_task(name=DELIVER)
def webhook(letter_id: int) -> None:
    """Deliver one letter to its person's webhook."""
    deliver(letter_id)


@shared_task(name=TEST)
def webhook_test(webhook_id: int) -> None:
    """Send the test that was asked for on a webhook's page."""
    send_test(webhook_id)


@shared_task(name=ANSWERS_AGAIN)
def answers_again() -> None:
    """Mail the links that were asked for on the pages of ended ones."""
    mail_again()


@shared_task(name=OFFERS)
def offers() -> None:
    """Write to those to whom a customer was offered."""
    tell_receivers()
