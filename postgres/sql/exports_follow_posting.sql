-- Brings a closing into the state that its postings imply, with an event: failed when one is refused or differs,
-- exported when all are posted, else exporting. All other moves are made by exports/way/states.py.
-- Called by its trigger, after a posting is posted, refused, differs, or is to be looked up again.
-- By hand: it happens in the transaction in which a lane records Exact's answer, so that the closing never lags behind;
-- the lane itself knows nothing of closings.
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
    -- A failed closing does not go back to exporting because its other postings go well, but only when a person has
    -- a posting looked up again (`sought`); that in turn brings a closing of another state nowhere.
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
