from django.db import migrations

from tenants.audit import audited


class Migration(migrations.Migration):
    dependencies = [("exact", "0012_indexes_of_the_console"), ("tenants", "0007_audit_log_ins_language")]

    operations = [
        audited("exact_exactapp", secret=["client_secret"]),
        audited("exact_mapping", silent=["updated_at"]),
        audited("exact_activation", silent=["checked_at", "activated_at"]),
        # Tokens are renewed every ten minutes; that they were is no change of anything.
        audited(
            "exact_connection",
            silent=["access_token", "refresh_token", "access_issued_at", "access_expires_at", "told_at"],
        ),
    ]
