-- Refuses every change of a row but one: in the columns named by the arguments a text may become "•••", or a value
-- inside a JSON object. So names can be taken out of a history, and nothing can be put into it.
-- Called by the triggers of `OnlyMasked` (postgres/guards.py).
-- By hand: a CHECK does not see the row as it was.
CREATE OR REPLACE FUNCTION postgres_only_masked() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    mask constant jsonb := to_jsonb('•••'::text);
    old_row jsonb := to_jsonb(OLD);
    new_row jsonb := to_jsonb(NEW);
    col text;
BEGIN
    FOR col IN SELECT jsonb_object_keys(old_row) LOOP
        CONTINUE WHEN old_row->col IS NOT DISTINCT FROM new_row->col;
        CONTINUE WHEN col = ANY (TG_ARGV) AND new_row->col = mask AND jsonb_typeof(old_row->col) = 'string';
        CONTINUE WHEN col = ANY (TG_ARGV)
            AND jsonb_typeof(old_row->col) = 'object' AND jsonb_typeof(new_row->col) = 'object'
            AND NOT EXISTS (SELECT FROM jsonb_each(old_row->col) was FULL JOIN jsonb_each(new_row->col) is_now USING (key)
                            WHERE was.value IS DISTINCT FROM is_now.value
                            AND (was.value IS NULL OR is_now.value IS DISTINCT FROM mask));
        RAISE EXCEPTION '% is only added to, and masked', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END LOOP;
    RETURN NEW;
END $$;
