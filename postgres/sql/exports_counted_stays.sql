-- A closing that has entries keeps counting: its tickets and periods cannot be given to another. A reversal that was
-- posted is none, nor is what it undid.
CREATE OR REPLACE FUNCTION exports_counted_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM exact_posting WHERE closing_id = OLD.closing_id AND state NOT IN ('withdrawn', 'reversed')
            AND (state <> 'posted' OR reverses_id IS NULL))
    THEN
        RAISE EXCEPTION 'a closing with entries counts' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER exports_counted_stays BEFORE UPDATE OF live ON exports_coveredtickets FOR EACH ROW
WHEN (OLD.live AND NOT NEW.live) EXECUTE FUNCTION exports_counted_stays();

CREATE OR REPLACE TRIGGER exports_counted_is_not_deleted BEFORE DELETE ON exports_coveredtickets FOR EACH ROW
WHEN (OLD.live) EXECUTE FUNCTION exports_counted_stays();

CREATE OR REPLACE TRIGGER exports_untold_stays BEFORE UPDATE OF live ON exports_untoldtickets FOR EACH ROW
WHEN (OLD.live AND NOT NEW.live) EXECUTE FUNCTION exports_counted_stays();

CREATE OR REPLACE TRIGGER exports_untold_is_not_deleted BEFORE DELETE ON exports_untoldtickets FOR EACH ROW
WHEN (OLD.live) EXECUTE FUNCTION exports_counted_stays();
