-- Refuses to take a closing out of the archive when it has nothing to book. It may come back when it was archived
-- because others are booked in its place, because a person set it aside, or because it is from before the first day
-- (the codes are MAY_COME_BACK of exports/way/states.py). A closing that is set aside can only be archived, until that
-- is taken back.
-- Called by its trigger, before a closing that is archived, held or waiting gets a state other than archived.
-- By hand: it reads the problems of the closing, and a second table.
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
