from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are built beside the running service

    dependencies = [('exports', '0007_reposts')]

    operations = [
        AddIndexConcurrently(
            model_name='export',
            index=models.Index(fields=['-business_date', '-closed_at', 'id'], name='exports_latest'),
        ),
        AddIndexConcurrently(
            model_name='export',
            index=models.Index(fields=['number'], name='exports_by_number'),
        ),
        AddIndexConcurrently(
            model_name='export',
            index=models.Index(fields=['business_date', 'till', 'establishment', 'state'], name='exports_by_day'),
        ),
        AddIndexConcurrently(
            model_name='export',
            index=models.Index(condition=models.Q(('state__in', ['held', 'failed'])), fields=['-business_date', '-closed_at'], name='exports_to_mend'),
        ),
        AddIndexConcurrently(
            model_name='exportevent',
            index=models.Index(fields=['tenant', 'at'], name='exports_event_of_a_day'),
        ),
    ]
