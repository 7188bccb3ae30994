from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the running service

    dependencies = [('clyo_ingest', '0006_only_added_to')]

    operations = [
        AddIndexConcurrently(
            model_name='push',
            index=models.Index(fields=['-received_at', '-id'], name='clyo_ingest_push_newest'),
        ),
        AddIndexConcurrently(
            model_name='push',
            index=models.Index(condition=models.Q(('answer_status__gte', 400)), fields=['-received_at', '-id'], name='clyo_ingest_push_refusals'),
        ),
    ]
