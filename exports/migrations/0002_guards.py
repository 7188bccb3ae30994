from django.db import migrations

from tenants.integrity import same_tenant

CONTENT_GUARD = """
CREATE FUNCTION exports_export_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.document IS DISTINCT FROM OLD.document THEN
        RAISE EXCEPTION 'the content of a closing never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exports_export_guard BEFORE UPDATE OF document ON exports_export
    FOR EACH ROW EXECUTE FUNCTION exports_export_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial"), ("exact", "0002_guards")]

    operations = [
        migrations.RunSQL(
            CONTENT_GUARD, "DROP TRIGGER exports_export_guard ON exports_export; DROP FUNCTION exports_export_guard();"
        ),
        same_tenant("exports_export", "establishment_id", "tenants_establishment"),
        same_tenant("exports_export", "till_id", "tenants_till"),
        # The room `exact` does not know exports, the database does.
        migrations.RunSQL(
            "ALTER TABLE exact_posting ADD CONSTRAINT exact_posting_of_an_export "
            "FOREIGN KEY (closing_id) REFERENCES exports_export (id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE exact_posting DROP CONSTRAINT exact_posting_of_an_export",
        ),
    ]
