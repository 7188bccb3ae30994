-- Notes that an establishment books another kind of closing from now on, so that a sweep looks at its closings again
-- (exports/way/levels.py). Answers the open question about it, or, when the choice is left to the service again, takes
-- question and answer back.
-- Called by its trigger, after the establishment's setting is changed.
-- By hand: it is noted whoever changed the setting, in the same transaction.
CREATE OR REPLACE FUNCTION exports_level_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_levelchange (establishment_id, tenant_id, before, after, at)
        VALUES (NEW.id, NEW.tenant_id, OLD.booked_level, NEW.booked_level, clock_timestamp());
    IF NEW.booked_level = 'auto' THEN
        UPDATE exports_closingkinds SET asked_at = NULL, asked_kind = '', answered_at = NULL, answered_by_id = NULL,
            answer = '' WHERE establishment_id = NEW.id;
    ELSE
        UPDATE exports_closingkinds SET answered_at = clock_timestamp(), answer = NEW.booked_level,
            answered_by_id = NULLIF(current_setting('clyo.actor', true), '')::bigint
            WHERE establishment_id = NEW.id AND asked_at IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_level_changed AFTER UPDATE OF booked_level ON tenants_establishment FOR EACH ROW
WHEN (OLD.booked_level IS DISTINCT FROM NEW.booked_level) EXECUTE FUNCTION exports_level_changed();
