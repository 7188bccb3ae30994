from django.db import migrations, models

# The function in force. What it is told stands at 0007; a change of it is a new migration with its own text.
NOTE_CHANGE = """
CREATE OR REPLACE FUNCTION tenants_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
        CASE WHEN TG_TABLE_NAME LIKE 'otp%'
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
                                operation, before, after, link, link_holder)
    VALUES (clock_timestamp(), NULLIF(current_setting('clyo.actor', true), '')::bigint,
            NULLIF(current_setting('clyo.seen_as', true), '')::bigint,
            COALESCE(reseller, (SELECT t.reseller_id FROM tenants_tenant t WHERE t.id = tenant)), tenant,
            TG_TABLE_NAME, whole->>'id', left(label, 200), lower(TG_OP), was, became,
            NULLIF(current_setting('clyo.link', true), '')::bigint,
            COALESCE(current_setting('clyo.link_holder', true), ''));
    RETURN NULL;
END $$;
"""
# One answer for every table that is only added to, in all rooms.
ONLY_ADDED_TO = """
CREATE FUNCTION tenants_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER tenants_change_kept BEFORE TRUNCATE ON tenants_change
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER tenants_lookthrough_kept BEFORE TRUNCATE ON tenants_lookthrough
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER tenants_lookthrough_only_added_to BEFORE DELETE ON tenants_lookthrough
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
-- A visit is ended once, and nothing else of it changes.
CREATE TRIGGER tenants_lookthrough_closed BEFORE UPDATE ON tenants_lookthrough FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL OR
          (OLD.actor_id, OLD.seen_as_id, OLD.reseller_id, OLD.began_at) IS DISTINCT FROM
          (NEW.actor_id, NEW.seen_as_id, NEW.reseller_id, NEW.began_at))
    EXECUTE FUNCTION tenants_only_added_to();
"""
DROP_GUARDS = """
DROP TRIGGER tenants_change_kept ON tenants_change;
DROP TRIGGER tenants_lookthrough_kept ON tenants_lookthrough;
DROP TRIGGER tenants_lookthrough_only_added_to ON tenants_lookthrough;
DROP TRIGGER tenants_lookthrough_closed ON tenants_lookthrough;
DROP FUNCTION tenants_only_added_to();
"""


class Migration(migrations.Migration):
    dependencies = [('tenants', '0007_audit_log_ins_language')]

    operations = [
        migrations.AddField(
            model_name='change',
            name='link',
            field=models.BigIntegerField(null=True, verbose_name='activation link'),
        ),
        migrations.AddField(
            model_name='change',
            name='link_holder',
            field=models.CharField(blank=True, db_default='', default='', max_length=400, verbose_name='holder of the link'),
        ),
        migrations.RunSQL(NOTE_CHANGE, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_ADDED_TO, DROP_GUARDS),
    ]
