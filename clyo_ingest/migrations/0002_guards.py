from django.db import migrations

from tenants.integrity import same_tenant

CLOSING_GUARD = """
CREATE FUNCTION clyo_ingest_closing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a received closing never changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER clyo_ingest_closing_guard BEFORE UPDATE ON clyo_ingest_closing
    FOR EACH ROW EXECUTE FUNCTION clyo_ingest_closing_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("clyo_ingest", "0001_initial"), ("exports", "0002_guards")]

    operations = [
        migrations.RunSQL(
            CLOSING_GUARD,
            "DROP TRIGGER clyo_ingest_closing_guard ON clyo_ingest_closing; DROP FUNCTION clyo_ingest_closing_guard();",
        ),
        same_tenant("clyo_ingest_closing", "till_id", "tenants_till"),
        same_tenant("clyo_ingest_push", "till_id", "tenants_till"),
        same_tenant("clyo_ingest_tillkey", "till_id", "tenants_till"),
        same_tenant("clyo_ingest_pairingcode", "till_id", "tenants_till"),
        same_tenant("clyo_ingest_coveredtickets", "establishment_id", "tenants_establishment"),
        same_tenant("clyo_ingest_parameters", "establishment_id", "tenants_establishment"),
    ]
