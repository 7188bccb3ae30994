import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import postgres.guards
import postgres.secret_text
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
                ('kind', models.CharField(choices=[('means', 'which account for a means of payment'), ('slot', 'which accounts for a VAT slot at a new rate'), ('closed', 'closed on a day')], max_length=20)),
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
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['means', 'slot', 'closed'])), name='concerns_answerlink_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('used_at', None)), models.Q(('used_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='concerns_answerlink_used_says_how'), models.CheckConstraint(condition=models.Q(('used_at', None), ('revoked_at', None), _connector='OR'), name='concerns_answerlink_used_or_revoked'), postgres.guards.SameTenant('establishment', name='concerns_answerlink_establishment_id_same_tenant'), postgres.guards.Unchanging('person_id', 'tenant_id', 'establishment_id', 'kind', 'about', 'digest', 'expires_at', name='concerns_answerlink_unchanging', once=('used_at', 'revoked_at')), postgres.seen.Seen(name='concerns_answerlink_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_merchant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'}, writes={'clyo_accountant': 'person_id = {person}', 'clyo_merchant': 'person_id = {person}', 'clyo_reseller': 'person_id = {person}'})],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('kind', models.CharField(choices=[('morning', 'in the morning'), ('at_once', 'at once')], max_length=10)),
                ('channel', models.CharField(choices=[('mail', 'by e-mail'), ('webhook', 'by webhook')], db_default='mail', default='mail', max_length=10)),
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
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'morning')), fields=('person', 'channel', 'day'), name='concerns_letter_one_a_morning'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'at_once')), expressions=[('person', '='), ('channel', '='), (models.Func(models.F('made_at'), models.F('quiet_until'), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='concerns_letter_at_once_bundled'), models.CheckConstraint(condition=models.Q(('kind__in', ['morning', 'at_once'])), name='concerns_letter_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['nothing', 'unmade', 'due', 'sending', 'sent', 'refused', 'dropped'])), name='concerns_letter_state_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['mail', 'webhook'])), name='concerns_letter_channel_known'), models.CheckConstraint(condition=models.Q(models.Q(('lines', []), ('state__in', ('nothing', 'unmade'))), models.Q(models.Q(('state__in', ('nothing', 'unmade')), _negated=True), models.Q(('lines', []), _negated=True)), _connector='OR'), name='concerns_letter_tells'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='concerns_letter_sent_has_time'), postgres.seen.Seen(name='concerns_letter_seen', reads={'clyo_accountant': 'person_id = {person}', 'clyo_merchant': 'person_id = {person}', 'clyo_reseller': 'person_id = {person}'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='webhook', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('address', postgres.secret_text.SecretText(verbose_name='address')),
                ('shown_as', models.CharField(max_length=260, verbose_name='server')),
                ('morning', models.BooleanField(default=False, verbose_name='each morning too')),
                ('key', postgres.secret_text.SecretText(verbose_name='key')),
                ('former_key', postgres.secret_text.SecretText(default='')),
                ('former_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('failing_since', models.DateTimeField(null=True)),
                ('test_asked_at', models.DateTimeField(null=True)),
                ('off_at', models.DateTimeField(null=True, verbose_name='switched off')),
                ('off_by_itself', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'constraints': [models.CheckConstraint(condition=models.Q(('off_by_itself', False), ('off_at__isnull', False), _connector='OR'), name='concerns_webhook_off_has_time'), models.CheckConstraint(condition=models.Q(('former_until', None), django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length('former_key'), 0), _connector='OR'), name='concerns_webhook_former_key_is_one'), postgres.guards.Unchanging('person_id', name='concerns_webhook_unchanging'), postgres.guards.Audited(name='concerns_webhook_audited', secret=('address', 'key', 'former_key'), silent=('failing_since', 'test_asked_at')), postgres.seen.Seen(name='concerns_webhook_seen', reads={'clyo_accountant': 'person_id = {behind}', 'clyo_merchant': 'person_id = {behind}', 'clyo_reseller': 'person_id = {behind}'}, writes={'clyo_accountant': 'person_id = {behind}', 'clyo_merchant': 'person_id = {behind}', 'clyo_reseller': 'person_id = {behind}'})],
            },
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='concerns.webhook')),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attempts_made', to='concerns.letter')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.CharField(choices=[('taken', 'taken'), ('no_such_name', 'the name of the server leads nowhere'), ('forbidden', 'the address leads into a private network'), ('no_connection', 'the server could not be reached'), ('not_trusted', "the server's certificate is not trusted"), ('too_slow', 'the server did not answer in time'), ('redirected', 'the server sends elsewhere, which is not followed'), ('refused', 'the server refused it'), ('gone', 'the server wants nothing there any more'), ('broken', "the server's answer is no HTTP")], max_length=20)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('said', models.CharField(blank=True, max_length=200)),
                ('milliseconds', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['webhook', '-at'], name='concerns_attempt_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['taken', 'no_such_name', 'forbidden', 'no_connection', 'not_trusted', 'too_slow', 'redirected', 'refused', 'gone', 'broken'])), name='concerns_attempt_outcome_known'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'taken'), _negated=True), models.Q(('status__gte', 200), ('status__lte', 299)), _connector='OR'), name='concerns_attempt_taken_is_2xx'), postgres.seen.Seen(name='concerns_webhookattempt_seen', reads={'clyo_accountant': 'webhook_id IN (SELECT id FROM concerns_webhook)', 'clyo_merchant': 'webhook_id IN (SELECT id FROM concerns_webhook)', 'clyo_reseller': 'webhook_id IN (SELECT id FROM concerns_webhook)'}, writes={'clyo_accountant': 'webhook_id IN (SELECT id FROM concerns_webhook)', 'clyo_merchant': 'webhook_id IN (SELECT id FROM concerns_webhook)', 'clyo_reseller': 'webhook_id IN (SELECT id FROM concerns_webhook)'})],
            },
        ),
    ]
