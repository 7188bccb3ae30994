-- Refuses what the table's guards name (postgres/guards.py: OnlyAddedTo, NeverEmptied).
CREATE OR REPLACE FUNCTION postgres_only_added_to() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
