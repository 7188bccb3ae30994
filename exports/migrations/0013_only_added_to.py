from django.db import migrations

from tenants.audit import audited

# Histories are only added to.
HISTORIES = """
CREATE TRIGGER exports_exportevent_only_added_to BEFORE UPDATE OR DELETE ON exports_exportevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exports_exportevent_kept BEFORE TRUNCATE ON exports_exportevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
# What money rests on is not emptied, whoever holds the password.
NOT_EMPTIED = """
CREATE TRIGGER exports_export_kept BEFORE TRUNCATE ON exports_export
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exports_keptnumber_kept BEFORE TRUNCATE ON exports_keptnumber
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
DROP_GUARDS = """
DROP TRIGGER exports_exportevent_kept ON exports_exportevent;
DROP TRIGGER exports_exportevent_only_added_to ON exports_exportevent;
DROP TRIGGER exports_export_kept ON exports_export;
DROP TRIGGER exports_keptnumber_kept ON exports_keptnumber;
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0012_packed_pieces"), ("tenants", "0008_links_and_no_truncate")]

    operations = [
        migrations.RunSQL(HISTORIES + NOT_EMPTIED, DROP_GUARDS),
        # How a customer's files are made, and whom they are mailed to.
        audited("exports_filesettings", silent=["updated_at"]),
        audited("exports_monthlyexport", silent=["exported_month"]),
    ]
