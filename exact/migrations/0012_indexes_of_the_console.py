from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are built beside the running service

    dependencies = [
        ('exact', '0011_begun_index'),
        ('tenants', '0005_opening_days'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='postingevent',
            index=models.Index(fields=['tenant', 'at'], name='exact_posting_event_of_a_day'),
        ),
    ]
