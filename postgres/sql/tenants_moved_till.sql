-- Refuses to say of two tills that they are one device, unless the establishment of the one was taken over as that of
-- the other (clyo_ingest/moving.py): a key reaches the books of the former company by this row alone.
-- Called by its trigger, after a row of tenants_movedtill is added.
-- By hand: it compares rows of other tables.
CREATE OR REPLACE FUNCTION tenants_moved_till() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM tenants_takeover AS took
        JOIN tenants_till AS former ON former.establishment_id = took.former_id
        JOIN tenants_till AS till ON till.establishment_id = took.successor_id
        WHERE former.id = NEW.former_id AND till.id = NEW.till_id)
    THEN
        RAISE EXCEPTION 'a till moves where its establishment was taken over' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tenants_moved_till AFTER INSERT ON tenants_movedtill
FOR EACH ROW EXECUTE FUNCTION tenants_moved_till();
