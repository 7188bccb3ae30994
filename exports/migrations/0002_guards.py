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
            digest='4b23b8ba49e36eef',
        ),
        postgres.in_force.Install(
            name='exports_closing_first_event',
            digest='dcb4394611f47c15',
        ),
        postgres.in_force.Install(
            name='exports_follow_posting',
            digest='1355b93929c6128c',
        ),
        postgres.in_force.Install(
            name='exports_set_aside',
            digest='9274c7be0c85aabc',
        ),
        postgres.in_force.Install(
            name='exports_archived_stays',
            digest='e195981036be6ac8',
        ),
        postgres.in_force.Install(
            name='exports_counted_stays',
            digest='bafdca7590331310',
        ),
        postgres.in_force.Install(
            name='exports_only_what_counts',
            digest='5e014bacec70ed66',
        ),
        postgres.in_force.Install(
            name='exports_start_changed',
            digest='287e1e56c89acfa8',
        ),
        postgres.in_force.Install(
            name='exports_level_changed',
            digest='79c5659c2a9c0133',
        ),
        postgres.in_force.Install(
            name='exports_ticket_series',
            digest='cbf7c05cbb459eef',
        ),
    ]
