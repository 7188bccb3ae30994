import django.db.models.deletion
import postgres.guards
import postgres.seen
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='mappings', to='tenants.tenant')),
                ('establishment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='mapping', to='tenants.establishment')),
                ('parameters', models.JSONField(blank=True, default=dict, editable=False, verbose_name='from the till')),
                ('overrides', models.JSONField(blank=True, default=dict, verbose_name='set by people')),
                ('former_slots', models.JSONField(db_default=[], default=list, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'mapping',
                'verbose_name_plural': 'mappings',
                'constraints': [postgres.guards.SameTenant('establishment', name='booking_mapping_establishment_id_same_tenant'), postgres.guards.Audited(name='booking_mapping_audited', secret=(), silent=('updated_at', 'former_slots')), postgres.seen.SeenByTenant(name='booking_mapping_seen', shop=True, written_by=())],
            },
        ),
        migrations.CreateModel(
            name='AskedMeans',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked_means', to='tenants.establishment')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('label', models.CharField(blank=True, max_length=120, verbose_name='label')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('establishment', 'code'), name='booking_means_asked_once'), postgres.guards.SameTenant('establishment', name='booking_askedmeans_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='booking_askedmeans_seen', shop=True, written_by=())],
            },
        ),
        migrations.CreateModel(
            name='MappingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('mapping', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='booking.mapping')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-at'],
                'constraints': [postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='booking_mappingevent_only_added_to'), postgres.guards.NeverEmptied(name='booking_mappingevent_kept'), postgres.seen.SeenByTenant(name='booking_mappingevent_seen', written_by=())],
            },
        ),
    ]
