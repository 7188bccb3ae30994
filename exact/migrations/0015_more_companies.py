from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exact", "0014_only_added_to")]

    operations = [
        migrations.AddField(
            model_name="activationlink",
            name="more_companies",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
