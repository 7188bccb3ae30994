from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('clyo_ingest', '0010_restarts'),
    ]

    operations = [
        migrations.DeleteModel(
            name='CoveredTickets',
        ),
    ]
