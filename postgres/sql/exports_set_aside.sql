-- Refuses to set aside a closing that has entries. That none are made afterwards is seen to by
-- exports_only_what_counts, and that it stays in the archive by exports_archived_stays.
-- Called by its trigger, before a row of exports_setaside is added.
-- By hand: it reads the postings of the closing.
CREATE OR REPLACE FUNCTION exports_set_aside() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- A posted reversal, and the entry it undid, are no entries of the closing.
    IF EXISTS (SELECT FROM exact_posting WHERE closing_id = NEW.closing_id AND state NOT IN ('withdrawn', 'reversed')
            AND (state <> 'posted' OR reverses_id IS NULL)) THEN
        RAISE EXCEPTION 'a closing with entries is not set aside' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER exports_set_aside BEFORE INSERT ON exports_setaside FOR EACH ROW
EXECUTE FUNCTION exports_set_aside();

-- Refuses to take it back while the closing counts that is booked in its place, or a later version of it
-- (exports/coverage/versions.py): both would be booked. Called by its trigger, before such a row ends.
CREATE OR REPLACE FUNCTION exports_set_aside_ends() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE later AS (
            SELECT id FROM exports_storedclosing WHERE corrects_id = OLD.closing_id
            UNION SELECT it.id FROM later JOIN exports_storedclosing it ON it.corrects_id = later.id)
        SELECT FROM (SELECT id FROM later UNION SELECT OLD.instead_id WHERE OLD.instead_id IS NOT NULL) AS other
        WHERE NOT EXISTS (SELECT FROM exports_setaside aside WHERE aside.closing_id = other.id AND aside.ended_at IS NULL))
    THEN
        RAISE EXCEPTION 'another closing counts in its place' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER exports_set_aside_ends BEFORE UPDATE OF ended_at ON exports_setaside FOR EACH ROW
WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
EXECUTE FUNCTION exports_set_aside_ends();

-- Refuses to delete what was left of a closing beside others (exports_remainder), unless the closing was set aside and
-- comes back, or one of those others was set aside: then what is left of it is worked out anew (exports/coverage/rows.py).
-- Always refuses it when the closing has entries. Called by its trigger, before such a row is deleted.
CREATE OR REPLACE FUNCTION exports_remainder_goes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM exact_posting WHERE closing_id = OLD.closing_id AND state NOT IN ('withdrawn', 'reversed')
            AND (state <> 'posted' OR reverses_id IS NULL))
        OR EXISTS (SELECT FROM exports_setaside WHERE closing_id = OLD.closing_id AND ended_at IS NULL)
        OR NOT EXISTS (SELECT FROM exports_setaside WHERE closing_id = OLD.closing_id
                OR (closing_id = ANY (OLD.over) AND ended_at IS NULL))
    THEN
        RAISE EXCEPTION 'the rest of a closing stays unless it was set aside and comes back, or another was' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE OR REPLACE TRIGGER exports_remainder_goes BEFORE DELETE ON exports_remainder FOR EACH ROW
EXECUTE FUNCTION exports_remainder_goes();
