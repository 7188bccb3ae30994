"""Delete what is older than its table keeps it (`retention.ages`), and count it."""

from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from exports.models import StoredClosing
from retention.ages import AGES, BOOKS_YEARS, Age
from retention.models import PruneRound

log = structlog.get_logger()

# How many rows are deleted in one transaction, so that others wait for a moment only.
BATCH = 500


def prune() -> PruneRound:
    """One round through all tables, stored as a row. A table that fails is named in it, and the others go on."""
    this_round = PruneRound.objects.create()
    now = timezone.now()
    for age in AGES:
        label = age.table._meta.label
        try:
            this_round.deleted[label] = _delete(age, now)
        except (DatabaseError, ProtectedError) as error:
            this_round.failed[label] = type(error).__name__
            log.exception("prune_failed", table=label)
    this_round.over_age = {StoredClosing._meta.label: books_over_age(now)}
    this_round.ended_at = timezone.now()
    this_round.save()
    log.info("pruned", deleted=this_round.deleted, failed=this_round.failed, over_age=this_round.over_age)
    return this_round


def due(now: datetime) -> dict[str, int]:
    """How many rows a round at this moment would delete, by table."""
    return {age.table._meta.label: age.older(now - age.kept).count() for age in AGES}


def books_over_age(now: datetime) -> int:
    """Closings of years that ended more than ten years ago (Code de commerce, L123-22)."""
    first_kept = now.year - BOOKS_YEARS
    return StoredClosing.objects.filter(business_date__year__lt=first_kept).count()


def _delete(age: Age, now: datetime) -> int:
    older = age.older(now - age.kept)
    deleted = 0
    while True:
        with transaction.atomic():
            keys = [*older.order_by().values_list("pk", flat=True)[:BATCH]]
            _all, by_table = age.table._default_manager.filter(pk__in=keys).delete()
        deleted += by_table.get(age.table._meta.label, 0)
        if len(keys) < BATCH:
            return deleted
