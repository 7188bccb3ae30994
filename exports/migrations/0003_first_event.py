from django.db import migrations

FIRST_EVENT = """
CREATE FUNCTION exports_export_first_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_exportevent (tenant_id, export_id, at, before, after, why)
    VALUES (NEW.tenant_id, NEW.id, clock_timestamp(), '', NEW.state, 'received');
    RETURN NULL;
END $$;
CREATE TRIGGER exports_export_first_event AFTER INSERT ON exports_export
    FOR EACH ROW EXECUTE FUNCTION exports_export_first_event();
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0002_guards")]

    operations = [
        migrations.RunSQL(
            FIRST_EVENT,
            "DROP TRIGGER exports_export_first_event ON exports_export; DROP FUNCTION exports_export_first_event();",
        ),
    ]
