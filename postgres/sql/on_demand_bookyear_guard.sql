-- Refuses to change or delete a fiscal year whose entries were numbered for a FEC, and to give its days to another
-- year.
-- Called by its trigger, before a fiscal year is added, changed or deleted.
-- By hand: it reads the numbers that were given.
CREATE OR REPLACE FUNCTION on_demand_bookyear_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT FROM on_demand_keptnumber number
        WHERE number.tenant_id = OLD.tenant_id AND number.fiscal_year = OLD.last_day
    ) AND (TG_OP = 'DELETE'
           OR (NEW.tenant_id, NEW.first_day, NEW.last_day) IS DISTINCT FROM (OLD.tenant_id, OLD.first_day, OLD.last_day))
    THEN
        RAISE EXCEPTION 'entries were numbered in this fiscal year' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND EXISTS (
        SELECT FROM on_demand_keptnumber number JOIN exports_storedclosing closing ON closing.id = number.closing_id
        WHERE number.tenant_id = NEW.tenant_id AND number.fiscal_year <> NEW.last_day
          AND (number.fiscal_year BETWEEN NEW.first_day AND NEW.last_day
               OR closing.business_date BETWEEN NEW.first_day AND NEW.last_day)
    ) THEN
        RAISE EXCEPTION 'entries of these days were numbered in another fiscal year' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE OR REPLACE TRIGGER on_demand_bookyear_guard BEFORE INSERT OR UPDATE OR DELETE ON on_demand_bookyear FOR EACH ROW
EXECUTE FUNCTION on_demand_bookyear_guard();
