from django.db import migrations, models
from django.db.models import F, Q

# Until now the calendar alone asked for monthly files, and nobody else left the asker open.
MONTHLY = """
UPDATE exports_exportrun SET late_since = first_date
WHERE asked_by_id IS NULL AND asked_by_till_id IS NULL AND establishment_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0023_put_off")]

    operations = [
        migrations.AddField(model_name="exportrun", name="late_since", field=models.DateField(null=True)),
        migrations.AddConstraint(
            model_name="exportrun",
            constraint=models.CheckConstraint(
                condition=Q(late_since=None) | Q(late_since__lte=F("first_date"), establishment__isnull=False),
                name="exports_run_late_of_a_shop",
            ),
        ),
        migrations.RunSQL(MONTHLY, migrations.RunSQL.noop),
    ]
