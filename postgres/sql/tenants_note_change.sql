-- Writes each change of an audited table into tenants_change: the columns that differ, before and after. Of the silent
-- columns (first argument) nothing is written, of the secret ones (second) no value. Who did it was told to the session
-- by tenants/audit.py.
-- Called by the triggers of `Audited` (postgres/guards.py).
-- By hand: no statement can pass it by. It runs with the owner's rights, as whoever changes a row need not see the
-- audit, nor the rows that give it its name.
CREATE OR REPLACE FUNCTION tenants_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' AS $$
DECLARE
    silent text[] := string_to_array(TG_ARGV[0], ',');
    secret text[] := string_to_array(TG_ARGV[1], ',');
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
    whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END;
    was jsonb := '{}'; became jsonb := '{}';
    tenant bigint := CASE TG_TABLE_NAME WHEN 'tenants_tenant' THEN (whole->>'id')::bigint
                                        ELSE (whole->>'tenant_id')::bigint END;
    reseller bigint := CASE TG_TABLE_NAME WHEN 'tenants_reseller' THEN (whole->>'id')::bigint
                                          ELSE (whole->>'reseller_id')::bigint END;
    label text := COALESCE(
        whole->>'name',
        (SELECT e.code || ' – ' || e.name FROM tenants_establishment e
         WHERE e.id = (whole->>'establishment_id')::bigint),
        (SELECT t.name FROM tenants_till t WHERE t.id = (whole->>'till_id')::bigint),
        CASE WHEN TG_TABLE_NAME IN ('tenants_handover', 'tenants_handoveroffer')
             THEN (SELECT t.name FROM tenants_tenant t WHERE t.id = tenant) END,
        CASE WHEN TG_TABLE_NAME LIKE 'otp%' OR TG_TABLE_NAME IN ('tenants_membership', 'tenants_factorreset')
             THEN (SELECT u.email FROM tenants_user u WHERE u.id = (whole->>'user_id')::bigint) END,
        whole->>'user_name', whole->>'email', whole->>'country', '');
    col text;
BEGIN
    FOR col IN SELECT jsonb_object_keys(old_row || new_row) LOOP
        CONTINUE WHEN col = ANY (silent) OR old_row->col IS NOT DISTINCT FROM new_row->col;
        IF TG_OP <> 'INSERT' THEN
            was := was || jsonb_build_object(col, CASE WHEN col = ANY (secret) THEN to_jsonb('•••'::text)
                                                       ELSE old_row->col END);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            became := became || jsonb_build_object(col, CASE WHEN col = ANY (secret) THEN to_jsonb('•••'::text)
                                                             ELSE new_row->col END);
        END IF;
    END LOOP;
    IF TG_OP = 'UPDATE' AND became = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO tenants_change (at, actor_id, seen_as_id, reseller_id, tenant_id, table_name, row_id, label,
                                operation, before, after, link, link_holder, letter)
    VALUES (clock_timestamp(), NULLIF(current_setting('clyo.actor', true), '')::bigint,
            NULLIF(current_setting('clyo.seen_as', true), '')::bigint,
            COALESCE(reseller, (SELECT t.reseller_id FROM tenants_tenant t WHERE t.id = tenant)), tenant,
            TG_TABLE_NAME, whole->>'id', left(label, 200), lower(TG_OP), was, became,
            NULLIF(current_setting('clyo.link', true), '')::bigint,
            COALESCE(current_setting('clyo.link_holder', true), ''),
            NULLIF(current_setting('clyo.letter', true), '')::bigint);
    RETURN NULL;
END $$;
