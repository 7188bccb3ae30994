import django.db.models.deletion
from django.db import migrations, models

# What a delivered FEC holds under a number is never changed, and never taken back.
GUARD = """
CREATE TRIGGER exports_validatedentry_only_added_to BEFORE UPDATE OR DELETE ON exports_validatedentry
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exports_validatedentry_kept BEFORE TRUNCATE ON exports_validatedentry
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
DROP_GUARD = """
DROP TRIGGER exports_validatedentry_only_added_to ON exports_validatedentry;
DROP TRIGGER exports_validatedentry_kept ON exports_validatedentry;
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0021_proof_of_runs"), ("tenants", "0008_links_and_no_truncate")]

    operations = [
        migrations.AddField(
            model_name="keptnumber",
            name="revision",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.RemoveConstraint(model_name="keptnumber", name="exports_number_of_entry_kept"),
        migrations.AddConstraint(
            model_name="keptnumber",
            constraint=models.UniqueConstraint(
                fields=("export", "entry_kind", "entry_journal", "revision"), name="exports_number_of_entry_kept"
            ),
        ),
        migrations.CreateModel(
            name="ValidatedEntry",
            fields=[
                (
                    "number",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="validated",
                        serialize=False,
                        to="exports.keptnumber",
                    ),
                ),
                ("start", models.PositiveBigIntegerField()),
                ("length", models.PositiveIntegerField()),
                ("takings", models.JSONField()),
                (
                    "content",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exports.filecontent",
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
                    models.CheckConstraint(condition=models.Q(("length__gt", 0)), name="exports_validated_has_text")
                ],
            },
        ),
        migrations.RunSQL(GUARD, DROP_GUARD),
    ]
