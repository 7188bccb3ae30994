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
            digest='3dc8b57a581de327',
        ),
        postgres.in_force.Install(
            name='tenants_console_tables',
            digest='b06580ad80f61194',
        ),
        postgres.in_force.Install(
            name='tenants_hand_over',
            digest='7f4d2b4a9b8dc5d4',
        ),
        postgres.in_force.Install(
            name='tenants_moved_till',
            digest='6052d6352a853995',
        ),
        postgres.in_force.Install(
            name='tenants_suspension_over',
            digest='d331900054216fb8',
        ),
    ]
