from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("exact", "0004_replace_and_reconcile")]

    operations = [
        AddIndexConcurrently(
            "posting",
            models.Index(
                condition=models.Q(("state__in", ["pending", "sending", "unknown", "removing"])),
                fields=["division", "turn"],
                name="exact_posting_open",
            ),
        ),
        AddIndexConcurrently(
            "posting",
            models.Index(
                condition=models.Q(("exact_entry_id__isnull", False)),
                fields=["division", "exact_entry_id"],
                name="exact_posting_entry",
            ),
        ),
        RemoveIndexConcurrently("posting", "exact_posting_due"),
    ]
