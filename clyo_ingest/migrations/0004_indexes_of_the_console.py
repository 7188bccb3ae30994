from django.contrib.postgres.operations import AddIndexConcurrently
import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # the indexes are built beside the running service

    dependencies = [
        ('clyo_ingest', '0003_push_makes_one_closing'),
        ('tenants', '0005_opening_days'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='coveredtickets',
            index=django.contrib.postgres.indexes.GistIndex(fields=['tickets'], name='clyo_ingest_tickets_found'),
        ),
    ]
