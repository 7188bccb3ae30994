import django.db.models.deletion
import postgres.guards
import postgres.seen
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exports', '0001_initial'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='TillKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='tenants.till', verbose_name='till')),
                ('prefix', models.CharField(max_length=8, unique=True, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='last used')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='valid until')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked')),
            ],
            options={
                'verbose_name': 'till key',
                'verbose_name_plural': 'till keys',
                'ordering': ['-created_at'],
                'constraints': [postgres.guards.SameTenant('till', name='clyo_ingest_tillkey_till_id_same_tenant'), postgres.guards.Audited(name='clyo_ingest_tillkey_audited', secret=(), silent=('digest', 'last_used_at')), postgres.seen.SeenByTenant(name='clyo_ingest_tillkey_seen', read_by=(), written_by=())],
            },
        ),
        migrations.CreateModel(
            name='PairingCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairing_codes', to='tenants.till', verbose_name='till')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('why', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used')),
            ],
            options={
                'verbose_name': 'pairing code',
                'verbose_name_plural': 'pairing codes',
                'ordering': ['-created_at'],
                'constraints': [postgres.guards.SameTenant('till', name='clyo_ingest_pairingcode_till_id_same_tenant'), postgres.guards.Audited(name='clyo_ingest_pairingcode_audited', secret=(), silent=('digest',)), postgres.seen.SeenByTenant(name='clyo_ingest_pairingcode_seen', written_by=())],
            },
        ),
        migrations.CreateModel(
            name='Parameters',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parameters', to='tenants.establishment')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till')),
                ('version', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('received_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-version'],
                'constraints': [models.UniqueConstraint(fields=('establishment', 'version'), name='clyo_ingest_parameters_one_per_version'), postgres.guards.SameTenant('establishment', name='clyo_ingest_parameters_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='clyo_ingest_parameters_seen', shop=True, written_by=())],
            },
        ),
        migrations.CreateModel(
            name='Push',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pushes', to='tenants.till', verbose_name='till')),
                ('kind', models.CharField(choices=[('closing', 'closing'), ('parameters', 'parameters')], max_length=10, verbose_name='kind')),
                ('received_at', models.DateTimeField(auto_now_add=True, verbose_name='received')),
                ('content_type', models.CharField(max_length=100)),
                ('content_encoding', models.CharField(blank=True, max_length=20)),
                ('body', models.BinaryField()),
                ('answer_status', models.PositiveSmallIntegerField(null=True, verbose_name='answer')),
                ('answer_code', models.CharField(blank=True, max_length=40, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'push',
                'verbose_name_plural': 'pushes',
                'ordering': ['-received_at'],
                'indexes': [models.Index(condition=models.Q(('answer_status__gte', 400)), fields=['till', '-received_at'], name='clyo_ingest_push_refused'), models.Index(fields=['-received_at', '-id'], name='clyo_ingest_push_newest'), models.Index(condition=models.Q(('answer_status__isnull', False)), fields=['received_at'], name='clyo_ingest_push_answered'), models.Index(condition=models.Q(('answer_status__gte', 400)), fields=['-received_at', '-id'], name='clyo_ingest_push_refusals')],
                'constraints': [postgres.guards.SameTenant('till', name='clyo_ingest_push_till_id_same_tenant'), postgres.guards.NeverEmptied(name='clyo_ingest_push_kept'), postgres.seen.SeenByTenant(name='clyo_ingest_push_seen', read_by=(), written_by=())],
            },
        ),
        migrations.CreateModel(
            name='Restart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restarts', to='tenants.till', verbose_name='till')),
                ('era', models.PositiveSmallIntegerField(editable=False)),
                ('since', models.DateTimeField(verbose_name='since')),
                ('reason', models.CharField(choices=[('software', 'other software, or another version of it'), ('restored', 'restored from a copy'), ('replaced', 'another device in its place')], max_length=10, verbose_name='reason')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('push', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clyo_ingest.push')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='said on')),
            ],
            options={
                'verbose_name': 'restart of a till',
                'verbose_name_plural': 'restarts of tills',
                'ordering': ['-era'],
                'constraints': [models.UniqueConstraint(fields=('till', 'era'), name='clyo_ingest_restart_one_per_era'), models.CheckConstraint(condition=models.Q(('era__gte', 1)), name='clyo_ingest_restart_after_the_first_era'), postgres.guards.SameTenant('till', name='clyo_ingest_restart_till_id_same_tenant'), postgres.guards.Audited(name='clyo_ingest_restart_audited', secret=(), silent=()), postgres.seen.SeenByTenant(name='clyo_ingest_restart_seen', written_by=())],
            },
        ),
        migrations.CreateModel(
            name='ReceivedClosing',
            fields=[
                ('stored', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='received', serialize=False, to='exports.storedclosing')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('till', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='tenants.till')),
                ('kind', models.CharField(max_length=10)),
                ('scope', models.CharField(blank=True, max_length=40)),
                ('number', models.BigIntegerField()),
                ('era', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('version', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('digest', models.CharField(max_length=64)),
                ('push', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='made', to='clyo_ingest.push')),
                ('perpetual_before', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('perpetual_after', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('training', models.BooleanField(db_default=False, default=False)),
                ('business_date', models.DateField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('float_open', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('float_left', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('signature', models.CharField(db_default='', default='', max_length=64)),
                ('signature_before', models.CharField(db_default='', default='', max_length=64)),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'received closing',
                'verbose_name_plural': 'received closings',
                'indexes': [models.Index(fields=['till', '-received_at'], name='clyo_ingest_closing_newest')],
                'constraints': [models.UniqueConstraint(fields=('till', 'kind', 'scope', 'era', 'number', 'version'), name='clyo_ingest_closing_identity'), postgres.guards.SameTenant('till', name='clyo_ingest_receivedclosing_till_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', name='clyo_ingest_receivedclosing_only_added_to'), postgres.guards.NeverEmptied(name='clyo_ingest_receivedclosing_kept'), postgres.seen.SeenByTenant(name='clyo_ingest_receivedclosing_seen', written_by=())],
            },
        ),
        migrations.AddField(
            model_name='push',
            name='closing',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='clyo_ingest.receivedclosing', verbose_name='closing'),
        ),
        migrations.AddIndex(
            model_name='push',
            index=models.Index(condition=models.Q(('closing__isnull', False)), fields=['closing'], name='clyo_ingest_push_repeats'),
        ),
    ]
