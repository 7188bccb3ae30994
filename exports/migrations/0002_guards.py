import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0001_initial'),
    ]

    operations = [
        # The lane's room does not know this one, so its model cannot say it.
        migrations.RunSQL(
            "ALTER TABLE exact_posting ADD CONSTRAINT exact_posting_of_an_export FOREIGN KEY (closing_id) "
            "REFERENCES exports_export (id) DEFERRABLE INITIALLY DEFERRED"
        ),
        postgres.in_force.Install(
            name='exports_export_first_event',
            digest='dd284fbb5d9c8c3e',
        ),
        postgres.in_force.Install(
            name='exports_follow_posting',
            digest='128e2ef14ba700bb',
        ),
        postgres.in_force.Install(
            name='exports_archived_stays',
            digest='8abf26d69829b85f',
        ),
        postgres.in_force.Install(
            name='exports_counted_stays',
            digest='937bdc767755af0b',
        ),
        postgres.in_force.Install(
            name='exports_only_what_counts',
            digest='3bd8d43d07499662',
        ),
        postgres.in_force.Install(
            name='exports_level_changed',
            digest='921bb6e5e5c09904',
        ),
    ]
