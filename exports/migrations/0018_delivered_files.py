import django.db.models.deletion
from django.db import migrations, models

from tenants.integrity import same_tenant

# What files delivered until now hold: the last run that delivered a closing in a format.
DELIVERED = """
INSERT INTO exports_deliveredclosing (tenant_id, export_id, format, run_id)
SELECT DISTINCT ON (closing.export_id, run.format) closing.tenant_id, closing.export_id, run.format, run.id
FROM exports_runclosing closing JOIN exports_exportrun run ON run.id = closing.run_id
WHERE run.format IN ('ciel', 'sage', 'sage_text') AND run.state = 'done' AND run.content_id IS NOT NULL
  AND closing.state = 'taken'
ORDER BY closing.export_id, run.format, run.finished_at DESC
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0017_sought_is_exporting"), ("tenants", "0006_look_through")]

    operations = [
        migrations.AddField(
            model_name="exportrun",
            name="again",
            field=models.BooleanField(db_default=False, default=False, verbose_name="everything again"),
        ),
        migrations.AddField(
            model_name="runclosing",
            name="earlier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exports.exportrun",
            ),
        ),
        migrations.CreateModel(
            name="DeliveredClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("exact", "Exact Online"),
                            ("fec", "FEC"),
                            ("ciel", "Ciel / Sage 50 (XIMPORT)"),
                            ("sage", "Sage 100 (format Sage)"),
                            ("sage_text", "Sage 100 (parametrable text)"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "export",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exports.export",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exports.exportrun",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("export", "format"), name="exports_delivered_once"),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ("ciel", "sage", "sage_text"))),
                        name="exports_delivered_for_import",
                    ),
                ],
            },
        ),
        same_tenant("exports_runclosing", "earlier_id", "exports_exportrun"),
        same_tenant("exports_deliveredclosing", "export_id", "exports_export"),
        same_tenant("exports_deliveredclosing", "run_id", "exports_exportrun"),
        migrations.RunSQL(DELIVERED, migrations.RunSQL.noop),
    ]
