-- Notes that an establishment books another kind of closing, for the look at what waited for it (exports/way/levels.py), and
-- answers or takes back the question about it.
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
