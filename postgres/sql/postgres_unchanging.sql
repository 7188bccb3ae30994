-- Refuses a change of columns that keep what they were inserted with (postgres/guards.py: Unchanging).
CREATE OR REPLACE FUNCTION postgres_unchanging() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what % says never changes', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
