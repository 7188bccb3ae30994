-- Refuses a change of columns that keep what they were inserted with.
-- Called by the triggers of `Unchanging` (postgres/guards.py), which name the columns.
-- By hand: a CHECK does not see the row as it was.
CREATE OR REPLACE FUNCTION postgres_unchanging() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what % says never changes', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
