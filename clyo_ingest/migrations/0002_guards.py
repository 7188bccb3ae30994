import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('clyo_ingest', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='clyo_ingest_known_by',
            digest='edb031891d0ce8a6',
        ),
    ]
