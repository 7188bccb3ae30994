from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The lane asks for a division's refused sales before every step: without an index it read all its postings."""

    atomic = False
    dependencies = [("exact", "0009_asked_means")]

    operations = [
        AddIndexConcurrently(
            model_name="posting",
            index=models.Index(
                fields=["division", "closing_id"],
                condition=models.Q(("state__in", ["refused", "differs"])),
                name="exact_posting_halted",
            ),
        ),
    ]
