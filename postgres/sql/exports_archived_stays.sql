-- An archived closing that has nothing to book stays so; one for which others stand, that was set aside, or that is from
-- before the first day (exports/way/states.py, MAY_COME_BACK), may count after all. What is set aside goes nowhere but
-- into the archive until that word is taken back.
CREATE OR REPLACE FUNCTION exports_archived_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'archived' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(OLD.problems) problem
        WHERE problem->>'code'
            IN ('checked_against', 'covered_within', 'other_level_booked', 'set_aside', 'others_set_aside', 'before_start'))
    THEN
        RAISE EXCEPTION 'an archived closing with nothing to book stays archived' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM exports_setaside WHERE closing_id = OLD.id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'a closing that is set aside is archived' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER exports_archived_stays BEFORE UPDATE OF state ON exports_storedclosing FOR EACH ROW
WHEN (OLD.state IN ('archived', 'held', 'waiting') AND NEW.state NOT IN (OLD.state, 'archived'))
EXECUTE FUNCTION exports_archived_stays();
