-- Refuses a station's name with the number of a series, "1 (2)", unless it was noted that this station's counter began
-- anew (exports/coverage/anew.py). Under a name that nobody began, tickets would be compared with no others, and so be
-- booked twice.
-- Called by its trigger, after tickets are stored under such a name.
-- By hand: it reads another table.
CREATE OR REPLACE FUNCTION exports_ticket_series() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM exports_countersanew AS anew WHERE anew.establishment_id = NEW.establishment_id AND anew.series > 1
            AND format('%s (%s)', anew.station, anew.series) = NEW.station)
    THEN
        RAISE EXCEPTION 'tickets are of a series that began' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_ticket_series AFTER INSERT OR UPDATE OF station, establishment_id ON exports_coveredtickets
FOR EACH ROW WHEN (NEW.station ~ ' \(\d+\)$') EXECUTE FUNCTION exports_ticket_series();
