import postgres.guards
import postgres.seen
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PruneRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(auto_now_add=True, verbose_name='began')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('deleted', models.JSONField(default=dict, verbose_name='deleted')),
                ('over_age', models.JSONField(default=dict, verbose_name='older than the law asks for')),
                ('failed', models.JSONField(default=dict, verbose_name='failed')),
            ],
            options={
                'verbose_name': 'deletion by age',
                'verbose_name_plural': 'deletions by age',
                'ordering': ['-began_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='retention_prunerun_ends_after_it_began'), postgres.guards.Unchanging('began_at', name='retention_prunerun_unchanging', once=('ended_at',)), postgres.guards.OnlyAddedTo('DELETE', name='retention_prunerun_only_added_to'), postgres.guards.NeverEmptied(name='retention_prunerun_kept'), postgres.seen.Seen(name='retention_prunerun_seen', reads={}, writes={})],
            },
        ),
    ]
