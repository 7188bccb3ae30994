-- Begins the history of a closing: an event with the state it has when it is received.
-- Called by its trigger, after a closing is stored.
-- By hand: it adds a row to another table.
CREATE OR REPLACE FUNCTION exports_closing_first_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_closingevent (tenant_id, closing_id, at, before, after, why)
    VALUES (NEW.tenant_id, NEW.id, clock_timestamp(), '', NEW.state, 'received');
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_closing_first_event AFTER INSERT ON exports_storedclosing FOR EACH ROW
EXECUTE FUNCTION exports_closing_first_event();
