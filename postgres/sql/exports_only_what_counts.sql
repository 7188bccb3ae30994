-- Only a closing that counts, or the rest of one, has entries.
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
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_only_what_counts AFTER INSERT ON exact_posting REFERENCING NEW TABLE AS made
FOR EACH STATEMENT EXECUTE FUNCTION exports_only_what_counts();
