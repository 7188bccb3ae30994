import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0001_initial'),
    ]

    operations = [
        # Rooms below do not know this one, so their models cannot say it.
        migrations.RunSQL(
            "ALTER TABLE exact_posting ADD CONSTRAINT exact_posting_of_an_export FOREIGN KEY (closing_id) "
            "REFERENCES exports_storedclosing (id) DEFERRABLE INITIALLY DEFERRED"
        ),
        migrations.RunSQL(
            "ALTER TABLE tenants_note ADD CONSTRAINT tenants_note_on_a_closing FOREIGN KEY (closing_id, tenant_id) "
            "REFERENCES exports_storedclosing (id, tenant_id) DEFERRABLE INITIALLY IMMEDIATE"
        ),
        postgres.in_force.Install(
            name='exports_assignment_ends',
            digest='b775e3fed0865352',
        ),
        postgres.in_force.Install(
            name='exports_closing_first_event',
            digest='4cf31e458103a135',
        ),
        postgres.in_force.Install(
            name='exports_follow_posting',
            digest='14ef24fb6972aca7',
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
        postgres.in_force.Install(
            name='exports_ticket_series',
            digest='126f8d05f532d9fc',
        ),
    ]
