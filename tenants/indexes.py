"""A migration's operation for indexes that Django makes of itself."""

from typing import Any

from django.db import models
from django.db.migrations import AlterField, RunSQL, SeparateDatabaseAndState


def without_index(
    app: str, model: str, field: str, index: str, now: models.ForeignKey[Any, Any]
) -> SeparateDatabaseAndState:
    """Drop a foreign key's own `index` beside the running service; `now` is the field as the model has it.

    Django's `AlterField` alone would make the whole foreign key anew, and lock both tables while it checks every row.
    """
    return SeparateDatabaseAndState(
        database_operations=[
            RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
                f"CREATE INDEX CONCURRENTLY {index} ON {app}_{model} ({field}_id)",
            )
        ],
        state_operations=[AlterField(model_name=model, name=field, field=now)],
    )
