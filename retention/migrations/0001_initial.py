import django.db.models.deletion
import postgres.guards
import postgres.seen
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PruneRound',
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
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='retention_pruneround_ends_after_it_began'), postgres.guards.Unchanging('began_at', name='retention_pruneround_unchanging', once=('ended_at',)), postgres.guards.OnlyAddedTo('DELETE', name='retention_pruneround_only_added_to'), postgres.guards.NeverEmptied(name='retention_pruneround_kept'), postgres.seen.Seen(name='retention_pruneround_seen', reads={}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='RetentionAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('archive', 'archive of a customer'), ('erasure', 'erasure of a person')], max_length=10, verbose_name='what')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('began_at', models.DateTimeField(auto_now_add=True, verbose_name='began')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('rows', models.JSONField(default=dict, verbose_name='rows')),
                ('failed', models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='failed')),
            ],
            options={
                'verbose_name': 'archive or erasure',
                'verbose_name_plural': 'archives and erasures',
                'ordering': ['-began_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['archive', 'erasure'])), name='retention_act_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('customer', None), ('kind', 'erasure')), models.Q(('kind', 'archive'), ('person', None)), _connector='OR'), name='retention_act_is_of_what_it_says'), postgres.guards.Unchanging('kind', 'customer_id', 'began_at', name='retention_retentionact_unchanging', once=('ended_at', 'person_id')), postgres.guards.OnlyAddedTo('DELETE', name='retention_retentionact_only_added_to'), postgres.guards.NeverEmptied(name='retention_retentionact_kept'), postgres.seen.Seen(name='retention_retentionact_seen', reads={}, writes={})],
            },
        ),
    ]
