import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('admin', '0003_logentry_add_action_flag_choices'),
        ('axes', '0010_accessattemptexpiration'),
        ('otp_static', '0003_add_timestamps'),
        ('otp_totp', '0003_add_timestamps'),
        ('sessions', '0001_initial'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='otp_totpdevice_audited',
            digest='ed7703b1dfc043fe',
        ),
        postgres.in_force.Install(
            name='tenants_console_tables',
            digest='47308737681e8056',
        ),
        postgres.in_force.Install(
            name='tenants_hand_over',
            digest='9198cb1a87bf1ffa',
        ),
        postgres.in_force.Install(
            name='tenants_moved_till',
            digest='b5c3266f3c6e1172',
        ),
        postgres.in_force.Install(
            name='tenants_suspension_over',
            digest='f9ccf3a5f33de9bd',
        ),
    ]
