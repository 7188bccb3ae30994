from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exact", "0019_looked_up_before_it_goes_again")]

    operations = [
        migrations.AddField(
            model_name="division",
            name="compared_entries",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Entries that stood in Exact at the last comparison.",
            ),
        ),
    ]
