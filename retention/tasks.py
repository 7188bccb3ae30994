"""This room's Celery task."""

from celery import shared_task

from retention.prune import prune


@shared_task(name="retention.prune")
def prune_what_is_old() -> None:
    """Delete what is older than it is kept."""
    prune()
