from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exact", "0014_events_are_only_added")]

    operations = [
        migrations.AddField(
            model_name="activationlink",
            name="more_companies",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
