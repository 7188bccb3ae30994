from django.db import migrations

# Histories are only added to.
HISTORIES = """
CREATE TRIGGER exact_postingevent_only_added_to BEFORE UPDATE OR DELETE ON exact_postingevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exact_postingevent_kept BEFORE TRUNCATE ON exact_postingevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exact_mappingevent_only_added_to BEFORE UPDATE OR DELETE ON exact_mappingevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exact_mappingevent_kept BEFORE TRUNCATE ON exact_mappingevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exact_activationevent_only_added_to BEFORE UPDATE OR DELETE ON exact_activationevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exact_activationevent_kept BEFORE TRUNCATE ON exact_activationevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
# What money rests on is not emptied, whoever holds the password.
NOT_EMPTIED = """
CREATE TRIGGER exact_posting_kept BEFORE TRUNCATE ON exact_posting
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
DROP_GUARDS = """
DROP TRIGGER exact_postingevent_kept ON exact_postingevent;
DROP TRIGGER exact_postingevent_only_added_to ON exact_postingevent;
DROP TRIGGER exact_mappingevent_kept ON exact_mappingevent;
DROP TRIGGER exact_mappingevent_only_added_to ON exact_mappingevent;
DROP TRIGGER exact_activationevent_kept ON exact_activationevent;
DROP TRIGGER exact_activationevent_only_added_to ON exact_activationevent;
DROP TRIGGER exact_posting_kept ON exact_posting;
"""


class Migration(migrations.Migration):
    dependencies = [('exact', '0013_audit'), ('tenants', '0008_links_and_no_truncate')]

    operations = [migrations.RunSQL(HISTORIES + NOT_EMPTIED, DROP_GUARDS)]
