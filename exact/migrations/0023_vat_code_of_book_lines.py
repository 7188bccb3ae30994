from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exact", "0022_other_entries_are_taken_out")]

    operations = [
        migrations.AddField(
            model_name="bookline",
            name="vat_code",
            field=models.CharField(blank=True, db_default="", max_length=10, verbose_name="VAT code"),
        ),
    ]
