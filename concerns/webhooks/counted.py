"""Attempts at webhooks, counted by how they ended, for the metrics: whose webhook it was is no label."""

from prometheus_client import Counter

from concerns.models import Outcome

ATTEMPTS = Counter("clyo_webhook_attempts", "Attempts to deliver to a webhook, by how they ended.", ["outcome"])
for _outcome in Outcome:
    ATTEMPTS.labels(_outcome.value)


def count_attempt(outcome: Outcome) -> None:
    """Count one attempt that ended so."""
    ATTEMPTS.labels(outcome.value).inc()
