-- The history of a closing begins when it is received, in whatever state it begins.
CREATE OR REPLACE FUNCTION exports_closing_first_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_closingevent (tenant_id, closing_id, at, before, after, why)
    VALUES (NEW.tenant_id, NEW.id, clock_timestamp(), '', NEW.state, 'received');
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exports_closing_first_event AFTER INSERT ON exports_storedclosing FOR EACH ROW
EXECUTE FUNCTION exports_closing_first_event();
