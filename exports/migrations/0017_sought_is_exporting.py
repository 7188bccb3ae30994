from django.db import migrations

# As migration 0014 had it; and a closing of which an entry is being looked up again is under way again, unless another
# of its entries still needs a person.
FOLLOW = """
CREATE OR REPLACE FUNCTION exports_follow_posting() RETURNS trigger LANGUAGE plpgsql AS $$
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
    -- Once a person is needed, the rest going well does not change that; only a person's word does.
    IF closing.state <> target AND (NEW.state = 'sought') = (closing.state = 'failed' AND target = 'exporting') THEN
        UPDATE exports_export SET state = target, state_since = clock_timestamp() WHERE id = closing.id;
        INSERT INTO exports_exportevent (tenant_id, export_id, at, before, after, why)
            VALUES (closing.tenant_id, closing.id, clock_timestamp(), closing.state, target,
                    CASE NEW.state WHEN 'sought' THEN '' ELSE left(array_to_string(NEW.messages, '; '), 300) END);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER exports_follow_posting ON exact_posting;
CREATE TRIGGER exports_follow_posting AFTER UPDATE OF state ON exact_posting
    FOR EACH ROW WHEN (NEW.state IN ('posted', 'refused', 'differs', 'sought') AND NEW.state IS DISTINCT FROM OLD.state)
    EXECUTE FUNCTION exports_follow_posting();
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0016_time_ordered_ids"), ("exact", "0019_looked_up_before_it_goes_again")]

    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
