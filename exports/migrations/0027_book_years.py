import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from tenants.audit import audited

# C. com. L123-12: a first year of up to 24 months. The numbers given in a year stay in that year.
GUARD = """
ALTER TABLE exports_bookyear ADD CONSTRAINT exports_bookyear_two_years_at_most
    CHECK (last_day < first_day + interval '24 months');
CREATE FUNCTION exports_bookyear_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT FROM exports_keptnumber number
        WHERE number.tenant_id = OLD.tenant_id AND number.fiscal_year = OLD.last_day
    ) AND (TG_OP = 'DELETE'
           OR (NEW.tenant_id, NEW.first_day, NEW.last_day) IS DISTINCT FROM (OLD.tenant_id, OLD.first_day, OLD.last_day))
    THEN
        RAISE EXCEPTION 'entries were numbered in this fiscal year' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND EXISTS (
        SELECT FROM exports_keptnumber number JOIN exports_export export ON export.id = number.export_id
        WHERE number.tenant_id = NEW.tenant_id AND number.fiscal_year <> NEW.last_day
          AND (number.fiscal_year BETWEEN NEW.first_day AND NEW.last_day
               OR export.business_date BETWEEN NEW.first_day AND NEW.last_day)
    ) THEN
        RAISE EXCEPTION 'entries of these days were numbered in another fiscal year' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER exports_bookyear_guard BEFORE INSERT OR UPDATE OR DELETE ON exports_bookyear
    FOR EACH ROW EXECUTE FUNCTION exports_bookyear_guard();
"""
DROP_GUARD = "DROP TRIGGER exports_bookyear_guard ON exports_bookyear; DROP FUNCTION exports_bookyear_guard();"


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0026_delivered_is_kept"),
        ("clyo_ingest", "0001_initial"),
        ("tenants", "0008_links_and_no_truncate"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField(verbose_name="first day")),
                ("last_day", models.DateField(verbose_name="last day")),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "fiscal year",
                "verbose_name_plural": "fiscal years",
                "ordering": ["tenant", "first_day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gt", models.F("first_day"))),
                        name="exports_bookyear_ends_after_it_begins",
                        violation_error_message="The last day comes before the first.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        name="exports_bookyear_no_overlap",
                        expressions=[
                            ("tenant", "="),
                            (
                                models.Func(
                                    "first_day",
                                    "last_day",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        violation_error_message="Another fiscal year of this customer holds some of these days.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, DROP_GUARD),
        audited("exports_bookyear"),
    ]
