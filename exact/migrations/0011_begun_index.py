from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The lane asks first for what was begun: few rows, found without reading the backlog."""

    atomic = False
    dependencies = [("exact", "0010_halted_index")]

    operations = [
        AddIndexConcurrently(
            model_name="posting",
            index=models.Index(
                fields=["division", "turn"],
                condition=models.Q(("state__in", ["sending", "unknown", "removing"])),
                name="exact_posting_begun",
            ),
        ),
    ]
