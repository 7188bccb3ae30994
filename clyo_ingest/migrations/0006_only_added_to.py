from django.db import migrations

# What money rests on is not emptied, whoever holds the password.
NOT_EMPTIED = """
CREATE TRIGGER clyo_ingest_push_kept BEFORE TRUNCATE ON clyo_ingest_push
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER clyo_ingest_closing_kept BEFORE TRUNCATE ON clyo_ingest_closing
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
DROP_GUARDS = """
DROP TRIGGER clyo_ingest_push_kept ON clyo_ingest_push;
DROP TRIGGER clyo_ingest_closing_kept ON clyo_ingest_closing;
"""


class Migration(migrations.Migration):
    dependencies = [('clyo_ingest', '0005_audit'), ('tenants', '0008_links_and_no_truncate')]

    operations = [migrations.RunSQL(NOT_EMPTIED, DROP_GUARDS)]
