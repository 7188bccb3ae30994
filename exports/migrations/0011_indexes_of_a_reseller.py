import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are built beside the running service

    dependencies = [('exports', '0010_runs')]

    operations = [
        AddIndexConcurrently(
            model_name='export',
            index=models.Index(fields=['establishment', 'business_date', 'state'], name='exports_shop_days'),
        ),
        AddIndexConcurrently(
            model_name='export',
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(('problems', []), _negated=True),
                fields=['problems'],
                name='exports_problems',
                opclasses=['jsonb_path_ops'],
            ),
        ),
    ]
