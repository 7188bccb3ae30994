-- The state of a closing follows from its postings as soon as one is posted, refused, differs, or is looked up again; in
-- the lane's own transaction, so that no answer of Exact stands without it. exports/way/states.py makes all other moves.
CREATE OR REPLACE FUNCTION exports_follow_posting() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    closing record;
    target text;
BEGIN
    SELECT id, tenant_id, state INTO STRICT closing FROM exports_storedclosing WHERE id = NEW.closing_id FOR NO KEY UPDATE;
    SELECT CASE WHEN bool_or(p.state IN ('refused', 'differs')) THEN 'failed'
                WHEN bool_and(p.state = 'posted') THEN 'exported'
                ELSE 'exporting' END
        INTO target FROM exact_posting p
        WHERE p.closing_id = NEW.closing_id AND p.state NOT IN ('withdrawn', 'reversed');
    -- Once a person is needed, the rest going well does not change that; only a person's word does.
    IF closing.state <> target AND (NEW.state = 'sought') = (closing.state = 'failed' AND target = 'exporting') THEN
        UPDATE exports_storedclosing SET state = target, state_since = clock_timestamp() WHERE id = closing.id;
        INSERT INTO exports_closingevent (tenant_id, closing_id, at, before, after, why)
            VALUES (closing.tenant_id, closing.id, clock_timestamp(), closing.state, target,
                    CASE NEW.state WHEN 'sought' THEN '' ELSE left(array_to_string(NEW.messages, '; '), 300) END);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_follow_posting AFTER UPDATE OF state ON exact_posting FOR EACH ROW
WHEN (NEW.state IN ('posted', 'refused', 'differs', 'sought') AND NEW.state IS DISTINCT FROM OLD.state)
EXECUTE FUNCTION exports_follow_posting();
