-- Refuses to let a closing that has entries stop counting, so that its tickets and hours cannot be given to another
-- one. An entry that was withdrawn or reversed is none, nor is a reversal that was posted.
-- Called by four triggers: before a row of tickets, or of a closing without tickets, stops being live or is deleted.
-- By hand: it reads the postings of the closing.
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
