-- Refuses a move that the model does not allow; the argument is the column that moves.
-- Called by the triggers of `Moves` (postgres/guards.py).
-- By hand: a CHECK does not see the row as it was.
CREATE OR REPLACE FUNCTION postgres_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, to_jsonb(OLD)->>TG_ARGV[0], to_jsonb(NEW)->>TG_ARGV[0]
        USING ERRCODE = 'check_violation';
END $$;
