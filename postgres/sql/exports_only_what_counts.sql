-- Only a closing that counts, or the rest of one, has entries: none that was set aside, and no corrected version of one of
-- whose earlier versions (exports/coverage/versions.py) any was not.
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
