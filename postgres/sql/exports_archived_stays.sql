-- An archived closing that has nothing to book stays so; one for which others stand (exports/coverage/judge.py,
-- LOOKED_AT_AGAIN) may count after all.
CREATE OR REPLACE FUNCTION exports_archived_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM jsonb_array_elements(OLD.problems) problem
        WHERE problem->>'code' IN ('checked_against', 'covered_within', 'other_level_booked'))
    THEN
        RAISE EXCEPTION 'an archived closing with nothing to book stays archived' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER exports_archived_stays BEFORE UPDATE OF state ON exports_storedclosing FOR EACH ROW
WHEN (OLD.state = 'archived' AND NEW.state <> 'archived') EXECUTE FUNCTION exports_archived_stays();
