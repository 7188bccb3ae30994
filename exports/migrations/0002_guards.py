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
            "REFERENCES exports_storedclosing (id) DEFERRABLE INITIALLY DEFERRED"
        ),
        postgres.in_force.Install(
            name='exports_closing_first_event',
            digest='7cc00ad5792d8248',
        ),
        postgres.in_force.Install(
            name='exports_follow_posting',
            digest='8c6710a19d245f47',
        ),
        postgres.in_force.Install(
            name='exports_set_aside',
            digest='8199850cce965dbe',
        ),
        postgres.in_force.Install(
            name='exports_archived_stays',
            digest='58497d51461fd619',
        ),
        postgres.in_force.Install(
            name='exports_counted_stays',
            digest='6ec1cc2ddad238a7',
        ),
        postgres.in_force.Install(
            name='exports_only_what_counts',
            digest='9a66093f107e529e',
        ),
        postgres.in_force.Install(
            name='exports_start_changed',
            digest='9600b572debc32b2',
        ),
        postgres.in_force.Install(
            name='exports_level_changed',
            digest='921bb6e5e5c09904',
        ),
    ]
