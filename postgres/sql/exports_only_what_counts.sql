-- Refuses entries of a closing that does not count. Entries may have: a closing whose tickets and hours count, or the
-- rest of one that counts in part; none that is set aside; and a corrected version only once all its earlier versions
-- are set aside (exports/coverage/versions.py).
-- Called by its trigger, once for each statement that adds postings.
-- By hand: it reads five tables, and follows the versions one after the other.
CREATE OR REPLACE FUNCTION exports_only_what_counts() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made
        WHERE (EXISTS (SELECT FROM exports_coveredtickets WHERE closing_id = made.closing_id AND NOT live)
               OR EXISTS (SELECT FROM exports_untoldtickets WHERE closing_id = made.closing_id AND NOT live))
          AND NOT EXISTS (SELECT FROM exports_remainder WHERE closing_id = made.closing_id))
    THEN
        RAISE EXCEPTION 'only a closing that counts has entries' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM made JOIN exports_setaside aside ON aside.closing_id = made.closing_id AND aside.ended_at IS NULL)
    THEN
        RAISE EXCEPTION 'a closing that is set aside has no entries' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        WITH RECURSIVE earlier AS (
            SELECT corrected.corrects_id AS id FROM made JOIN exports_storedclosing corrected ON corrected.id = made.closing_id
            WHERE corrected.corrects_id IS NOT NULL AND made.reverses_id IS NULL
            UNION SELECT it.corrects_id FROM earlier JOIN exports_storedclosing it ON it.id = earlier.id
            WHERE it.corrects_id IS NOT NULL)
        SELECT FROM earlier WHERE NOT EXISTS (
            SELECT FROM exports_setaside aside WHERE aside.closing_id = earlier.id AND aside.ended_at IS NULL))
    THEN
        RAISE EXCEPTION 'a correction has entries once what it corrects is set aside' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_only_what_counts AFTER INSERT ON exact_posting REFERENCING NEW TABLE AS made
FOR EACH STATEMENT EXECUTE FUNCTION exports_only_what_counts();
