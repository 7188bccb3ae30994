from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0020_letters")]

    operations = [
        migrations.AddField(
            model_name="exportrun",
            name="takings",
            field=models.JSONField(help_text="Sales per VAT rate, receipts per means, turnover.", null=True),
        ),
        migrations.AddField(
            model_name="exportrun",
            name="read_back",
            field=models.JSONField(help_text="What the file's own bytes hold, entry by entry.", null=True),
        ),
        migrations.AlterField(
            model_name="exportrun",
            name="comparison",
            field=models.JSONField(help_text="Each posted entry against Exact's books.", null=True),
        ),
    ]
