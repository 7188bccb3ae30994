from django.db import migrations

# What money rests on is not emptied, whoever holds the password: which closings a file for import held.
NOT_EMPTIED = """
CREATE TRIGGER exports_deliveredclosing_kept BEFORE TRUNCATE ON exports_deliveredclosing
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0025_which_closing_counts")]

    operations = [
        migrations.RunSQL(NOT_EMPTIED, "DROP TRIGGER exports_deliveredclosing_kept ON exports_deliveredclosing;")
    ]
