from django.db import migrations

# The room `exact` does not know exports; the database does, as it does for the foreign key between them.
FOLLOW = """
CREATE FUNCTION exports_follow_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closing record;
    target text;
BEGIN
    SELECT id, tenant_id, state INTO STRICT closing FROM exports_export WHERE id = NEW.closing_id FOR NO KEY UPDATE;
    SELECT CASE WHEN bool_or(p.state IN ('refused', 'differs')) THEN 'failed'
                WHEN bool_and(p.state = 'posted') THEN 'exported'
                ELSE 'exporting' END
        INTO target FROM exact_posting p
        WHERE p.closing_id = NEW.closing_id AND p.state NOT IN ('withdrawn', 'reversed');
    -- Once a person is needed, the rest going well does not change that.
    IF closing.state <> target AND NOT (closing.state = 'failed' AND target = 'exporting') THEN
        UPDATE exports_export SET state = target, state_since = clock_timestamp() WHERE id = closing.id;
        INSERT INTO exports_exportevent (tenant_id, export_id, at, before, after, why)
            VALUES (closing.tenant_id, closing.id, clock_timestamp(), closing.state, target,
                    left(array_to_string(NEW.messages, '; '), 300));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER exports_follow_posting AFTER UPDATE OF state ON exact_posting
    FOR EACH ROW WHEN (NEW.state IN ('posted', 'refused', 'differs') AND NEW.state IS DISTINCT FROM OLD.state)
    EXECUTE FUNCTION exports_follow_posting();
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0013_only_added_to"), ("exact", "0016_lane_steps")]

    operations = [
        migrations.RunSQL(
            FOLLOW,
            "DROP TRIGGER exports_follow_posting ON exact_posting; DROP FUNCTION exports_follow_posting();",
        ),
    ]
