-- Notes that the first day which an establishment books in Exact was set or moved, and by whom, so that a sweep looks
-- at the closings it concerns (exports/way/starts.py).
-- Called by its trigger, after the establishment's setting is changed.
-- By hand: it is noted whoever changed the setting, in the same transaction.
CREATE OR REPLACE FUNCTION exports_start_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_startchange (establishment_id, tenant_id, before, after, at, actor_id)
        VALUES (NEW.id, NEW.tenant_id, OLD.books_from, NEW.books_from, clock_timestamp(),
            NULLIF(current_setting('clyo.actor', true), '')::bigint);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_start_changed AFTER UPDATE OF books_from ON tenants_establishment FOR EACH ROW
WHEN (OLD.books_from IS DISTINCT FROM NEW.books_from) EXECUTE FUNCTION exports_start_changed();
