import django.db.models.deletion
from django.db import migrations, models

# Until now an order replaced one entry by one.
BEFORE = """
UPDATE exports_replacement SET entries = jsonb_build_array(entry);
INSERT INTO exports_replaced (tenant_id, replacement_id, posting_id, way)
    SELECT tenant_id, id, posting_id, way FROM exports_replacement WHERE way <> 'reverse';
"""
# What was found between a closing and its neighbours stood among its problems.
FOUND = """
UPDATE exports_export SET found = (
    SELECT jsonb_agg(problem) FROM jsonb_array_elements(problems) problem
    WHERE problem->>'code' IN ('number_gap', 'perpetual_break', 'tickets_overlap'))
WHERE problems @> '[{"code": "number_gap"}]' OR problems @> '[{"code": "perpetual_break"}]'
    OR problems @> '[{"code": "tickets_overlap"}]';
"""
WAYS = [
    ("again", "Exact no longer has it: post it again"),
    ("delete", "delete it in Exact and post it anew"),
    ("reverse", "reverse it in Exact and post it anew"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0018_delivered_files"),
        ("exact", "0019_looked_up_before_it_goes_again"),
        ("tenants", "0008_links_and_no_truncate"),
    ]

    operations = [
        migrations.AddField(
            "export",
            "found",
            models.JSONField(db_default=[], default=list, help_text="What was odd when it came, for each later look."),
        ),
        migrations.RunSQL(FOUND, migrations.RunSQL.noop),
        migrations.AddField("replacement", "entries", models.JSONField(default=list), preserve_default=False),
        migrations.AddField("replacement", "beside", models.JSONField(default=list)),
        migrations.CreateModel(
            name="Replaced",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("way", models.CharField(choices=WAYS, max_length=10)),
                ("reversal", models.JSONField(null=True)),
                ("posting", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exact.posting")),
                ("replacement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="olds", to="exports.replacement")),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant")),
            ],
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RemoveConstraint("replacement", "exports_replacement_one_open_per_posting"),
        migrations.RemoveField("replacement", "entry"),
        migrations.RemoveField("replacement", "way"),
        migrations.AddConstraint(
            "replacement",
            models.UniqueConstraint(condition=models.Q(("done_at", None)), fields=("export",), name="exports_replacement_one_open"),
        ),
        migrations.AddConstraint(
            "replaced", models.UniqueConstraint(fields=("replacement", "posting"), name="exports_replaced_once")
        ),
        migrations.AddConstraint(
            "replaced",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversal__isnull", False), ("way", "reverse")),
                    models.Q(models.Q(("way", "reverse"), _negated=True), ("reversal", None)),
                    _connector="OR",
                ),
                name="exports_replaced_reversal_kept",
            ),
        ),
    ]
