from django.db import migrations, models

from tenants.integrity import same_tenant


class Migration(migrations.Migration):
    dependencies = [("exports", "0027_book_years")]

    operations = [
        migrations.AddConstraint(
            "replacement",
            models.UniqueConstraint(fields=("id", "tenant"), name="exports_replacement_with_tenant"),
        ),
        same_tenant("exports_replacement", "export_id", "exports_export"),
        same_tenant("exports_replaced", "replacement_id", "exports_replacement"),
        same_tenant("exports_coveredtickets", "closing_id", "exports_export"),
        same_tenant("exports_untoldtickets", "closing_id", "exports_export"),
    ]
