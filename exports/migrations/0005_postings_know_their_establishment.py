from django.db import migrations

FILL = """
UPDATE exact_posting SET establishment_id = exports_export.establishment_id
FROM exports_export WHERE exports_export.id = exact_posting.closing_id AND exact_posting.establishment_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("exports", "0004_replacement"), ("exact", "0007_activation_links")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
