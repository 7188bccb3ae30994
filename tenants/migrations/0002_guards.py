import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('otp_totp', '0003_add_timestamps'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='otp_totpdevice_audited',
            digest='3dc8b57a581de327',
        ),
    ]
