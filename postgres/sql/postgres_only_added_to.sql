-- Refuses a statement that changes, deletes or empties.
-- Called by the triggers of `OnlyAddedTo` and `NeverEmptied` (postgres/guards.py).
-- By hand: the service owns its tables, so no right that is left out could keep it from this.
CREATE OR REPLACE FUNCTION postgres_only_added_to() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
