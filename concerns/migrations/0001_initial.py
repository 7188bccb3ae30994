import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
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
            name='AnswerLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('kind', models.CharField(choices=[('means', 'which account for a means of payment')], max_length=20)),
                ('about', models.CharField(max_length=60)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('asked_for', models.BooleanField(default=False, help_text='Made because the page of one that was over was asked.')),
                ('opened_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('asked_again_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=60)),
                ('waiting', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'answer link',
                'verbose_name_plural': 'answer links',
                'ordering': ['-made_at', '-pk'],
                'indexes': [models.Index(fields=['establishment', 'kind', 'about'], name='concerns_answerlink_question'), models.Index(fields=['person', '-made_at'], name='concerns_answerlink_of_person'), models.Index(condition=models.Q(('asked_again_at__isnull', False)), fields=['asked_again_at'], name='concerns_answerlink_again')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['means'])), name='concerns_answerlink_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('used_at', None)), models.Q(('used_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='concerns_answerlink_used_says_how'), models.CheckConstraint(condition=models.Q(('used_at', None), ('revoked_at', None), _connector='OR'), name='concerns_answerlink_used_or_revoked'), postgres.guards.SameTenant('establishment', name='concerns_answerlink_establishment_id_same_tenant'), postgres.guards.Unchanging('person_id', 'tenant_id', 'establishment_id', 'kind', 'about', 'digest', 'expires_at', name='concerns_answerlink_unchanging', once=('used_at', 'revoked_at')), postgres.seen.Seen(name='concerns_answerlink_seen', reads={'clyo_accountant': 'tenant_id = ANY ({tenants}::bigint[])', 'clyo_merchant': 'tenant_id = ANY ({tenants}::bigint[])', 'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'}, writes={'clyo_accountant': 'person_id = {person}', 'clyo_merchant': 'person_id = {person}', 'clyo_reseller': 'person_id = {person}'})],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('kind', models.CharField(choices=[('morning', 'in the morning'), ('at_once', 'at once')], max_length=10)),
                ('day', models.DateField(verbose_name='day')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('quiet_until', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('nothing', 'nothing to tell'), ('unmade', 'could not be made'), ('due', 'to be sent'), ('sending', 'being sent'), ('sent', 'sent'), ('refused', 'refused'), ('dropped', 'not sent any more')], max_length=10, verbose_name='state')),
                ('lines', models.JSONField(default=list)),
                ('more_lines', models.PositiveIntegerField(default=0)),
                ('still_open', models.PositiveIntegerField(default=0)),
                ('told', models.JSONField(default=list)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('not_before', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('detail', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'ordering': ['-made_at'],
                'indexes': [models.Index(fields=['person', '-made_at'], name='concerns_letter_of_person'), models.Index(condition=models.Q(('state', 'due')), fields=['made_at'], name='concerns_letter_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'morning')), fields=('person', 'day'), name='concerns_letter_one_a_morning'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'at_once')), expressions=[('person', '='), (models.Func(models.F('made_at'), models.F('quiet_until'), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='concerns_letter_at_once_bundled'), models.CheckConstraint(condition=models.Q(('kind__in', ['morning', 'at_once'])), name='concerns_letter_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['nothing', 'unmade', 'due', 'sending', 'sent', 'refused', 'dropped'])), name='concerns_letter_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('lines', []), ('state__in', ('nothing', 'unmade'))), models.Q(models.Q(('state__in', ('nothing', 'unmade')), _negated=True), models.Q(('lines', []), _negated=True)), _connector='OR'), name='concerns_letter_tells'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='concerns_letter_sent_has_time'), postgres.seen.Seen(name='concerns_letter_seen', reads={'clyo_accountant': 'person_id = {person}', 'clyo_merchant': 'person_id = {person}', 'clyo_reseller': 'person_id = {person}'}, writes={})],
            },
        ),
    ]
