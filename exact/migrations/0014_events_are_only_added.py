from django.db import migrations

EVENTS = ("exact_mappingevent", "exact_activationevent", "exact_postingevent")

FUNCTION = """
CREATE FUNCTION exact_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history in % is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
"""


def guard(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION exact_event_guard()",
        f"DROP TRIGGER {table}_guard ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("exact", "0013_audit")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION exact_event_guard()"), *map(guard, EVENTS)]
