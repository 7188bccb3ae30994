from django.db import migrations

from tenants.integrity import same_tenant

# As they are in this migration; a later change of `exact.states.MOVES` needs a migration of its own.
ALLOWED = """
    ('pending', 'sending'), ('pending', 'withdrawn'),
    ('sending', 'posted'), ('sending', 'refused'), ('sending', 'differs'), ('sending', 'unknown'), ('sending', 'pending'),
    ('unknown', 'posted'), ('unknown', 'differs'), ('unknown', 'pending'),
    ('refused', 'withdrawn')
"""

MOVE_GUARD = f"""
CREATE FUNCTION exact_posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({ALLOWED}) THEN
        RAISE EXCEPTION 'a posting does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.reference, NEW.entry, NEW.closing_id, NEW.division_id) IS DISTINCT FROM
       (OLD.reference, OLD.entry, OLD.closing_id, OLD.division_id) THEN
        RAISE EXCEPTION 'what a posting says never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exact_posting_guard BEFORE UPDATE ON exact_posting
    FOR EACH ROW EXECUTE FUNCTION exact_posting_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("exact", "0001_initial"), ("tenants", "0002_same_tenant")]

    operations = [
        migrations.RunSQL(
            MOVE_GUARD, "DROP TRIGGER exact_posting_guard ON exact_posting; DROP FUNCTION exact_posting_guard();"
        ),
        same_tenant("exact_division", "connection_id", "exact_connection"),
        same_tenant("exact_activation", "establishment_id", "tenants_establishment"),
        same_tenant("exact_activation", "division_id", "exact_division"),
        same_tenant("exact_mapping", "establishment_id", "tenants_establishment"),
        same_tenant("exact_posting", "division_id", "exact_division"),
    ]
