-- Refuses a move that the model does not allow (postgres/guards.py: Moves). The argument is the column that moves.
CREATE OR REPLACE FUNCTION postgres_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, to_jsonb(OLD)->>TG_ARGV[0], to_jsonb(NEW)->>TG_ARGV[0]
        USING ERRCODE = 'check_violation';
END $$;
