"""Celery's door of this room."""

from celery import shared_task

from concerns.letters.round import go_round


@shared_task(name="concerns.letters")
def letters() -> None:
    """Write to people what waits for a person: each morning, or at once."""
    go_round()
