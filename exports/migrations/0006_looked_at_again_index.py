from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every sweep asks for held and waiting closings: without an index it read all closings there ever were."""

    atomic = False
    dependencies = [("exports", "0005_postings_know_their_establishment")]

    operations = [
        AddIndexConcurrently(
            model_name="export",
            index=models.Index(
                fields=["business_date", "closed_at"],
                condition=models.Q(("state__in", ["held", "waiting"])),
                name="exports_looked_at_again",
            ),
        ),
    ]
