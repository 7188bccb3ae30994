from django.db import migrations

from tenants.audit import audited


class Migration(migrations.Migration):
    dependencies = [("clyo_ingest", "0004_indexes_of_the_console"), ("tenants", "0007_audit_log_ins_language")]

    operations = [
        audited("clyo_ingest_tillkey", silent=["digest", "last_used_at"]),
        audited("clyo_ingest_pairingcode", silent=["digest"]),
    ]
