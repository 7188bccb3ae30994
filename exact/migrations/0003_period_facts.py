from django.db import migrations, models

# What was read before keeps its worth: no posting should wait for the next reading of the catalogue.
FOLD_PERIODS = r"""
UPDATE exact_catalogueitem AS period SET facts = jsonb_build_object(
    'starts', to_char(to_timestamp(substring(facts->>'StartDate' FROM '-?\d+')::bigint / 1000.0) AT TIME ZONE 'UTC',
        'YYYY-MM-DD'),
    'ends', to_char(to_timestamp(substring(facts->>'EndDate' FROM '-?\d+')::bigint / 1000.0) AT TIME ZONE 'UTC',
        'YYYY-MM-DD'),
    'closed_journals', coalesce((
        SELECT jsonb_agg(trim(closed.facts->>'Journal')) FROM exact_catalogueitem AS closed
        WHERE closed.division_id = period.division_id AND closed.kind = 'closed_period'
            AND closed.facts->>'Year' = period.facts->>'FinYear'
            AND closed.facts->>'Period' = period.facts->>'FinPeriod'), '[]'))
WHERE kind = 'period';
DELETE FROM exact_catalogueitem WHERE kind = 'closed_period';
UPDATE exact_division AS division SET journal_accounts = coalesce((
    SELECT jsonb_object_agg(code, trim(facts->>'GLAccountCode')) FROM exact_catalogueitem
    WHERE division_id = division.id AND kind = 'journal' AND trim(facts->>'GLAccountCode') <> ''), '{}');
"""


class Migration(migrations.Migration):
    dependencies = [("exact", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="division",
            name="journal_accounts",
            field=models.JSONField(default=dict, editable=False, help_text="Each journal's own GL account."),
        ),
        migrations.RunSQL(FOLD_PERIODS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="catalogueitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("gl_account", "GL account"),
                    ("vat_code", "VAT code"),
                    ("journal", "journal"),
                    ("third_party", "third party"),
                    ("payment_condition", "payment condition"),
                    ("period", "period"),
                    ("asked_for", "third party Exact does not know"),
                ],
                max_length=20,
            ),
        ),
    ]
