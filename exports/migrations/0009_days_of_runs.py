from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes of a table that tills write to all day: built beside it, without its lock."""

    atomic = False

    dependencies = [("exports", "0008_indexes_of_the_console")]

    operations = [
        AddIndexConcurrently(
            model_name="export",
            index=models.Index(fields=["tenant", "business_date", "closed_at", "id"], name="exports_by_tenant_day"),
        ),
        AddIndexConcurrently(
            model_name="export",
            index=models.Index(fields=["establishment", "business_date"], name="exports_by_shop_and_day"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY exports_export_with_tenant ON exports_export (id, tenant_id)",
                    "DROP INDEX CONCURRENTLY exports_export_with_tenant",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="export",
                    constraint=models.UniqueConstraint(fields=["id", "tenant"], name="exports_export_with_tenant"),
                ),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE exports_export ADD CONSTRAINT exports_export_with_tenant UNIQUE USING INDEX "
            "exports_export_with_tenant",
            "ALTER TABLE exports_export DROP CONSTRAINT exports_export_with_tenant",
        ),
    ]
