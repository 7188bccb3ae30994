import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.datetime
import postgres.guards
import uuid
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exact', '0001_initial'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        migrations.CreateModel(
            name='ClosingKinds',
            fields=[
                ('establishment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='closing_kinds', serialize=False, to='tenants.establishment', verbose_name='establishment')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('told', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), db_default=[], default=list, size=None)),
                ('untold', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), db_default=[], default=list, size=None)),
                ('asked_at', models.DateTimeField(null=True)),
                ('asked_kind', models.CharField(blank=True, db_default='', default='', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answer', models.CharField(blank=True, choices=[('auto', 'automatic: the first closing that covers a ticket'), ('general', 'general closings'), ('station', 'station closings'), ('drawer', 'drawer closings')], db_default='', default='', max_length=10)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at', None), ('asked_at__isnull', False)), fields=['establishment'], name='exports_kinds_open_question')],
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_at', None), ('asked_at__isnull', False), _connector='OR'), name='exports_kinds_asked_before_answered'), postgres.guards.SameTenant('establishment', name='exports_closingkinds_establishment_id_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='LevelChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('before', models.CharField(max_length=10)),
                ('after', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('reached', models.UUIDField(null=True)),
                ('failed', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), db_default=[], default=list, size=None)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['at'], name='exports_level_to_look_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='exports_level_really_changed'), postgres.guards.SameTenant('establishment', name='exports_levelchange_establishment_id_same_tenant')],
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
                'indexes': [models.Index(fields=['person', '-made_at'], name='exports_letter_of_person'), models.Index(condition=models.Q(('state', 'due')), fields=['made_at'], name='exports_letter_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'morning')), fields=('person', 'day'), name='exports_letter_one_a_morning'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'at_once')), expressions=[('person', '='), (models.Func(models.F('made_at'), models.F('quiet_until'), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='exports_letter_at_once_bundled'), models.CheckConstraint(condition=models.Q(('kind__in', ['morning', 'at_once'])), name='exports_letter_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['nothing', 'unmade', 'due', 'sending', 'sent', 'refused', 'dropped'])), name='exports_letter_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('lines', []), ('state__in', ('nothing', 'unmade'))), models.Q(models.Q(('state__in', ('nothing', 'unmade')), _negated=True), models.Q(('lines', []), _negated=True)), _connector='OR'), name='exports_letter_tells'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='exports_letter_sent_has_time')],
            },
        ),
        migrations.CreateModel(
            name='FileContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.BigIntegerField()),
                ('kept_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='exports_content_has_a_hash')],
            },
        ),
        migrations.CreateModel(
            name='BookYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
            ],
            options={
                'verbose_name': 'fiscal year',
                'verbose_name_plural': 'fiscal years',
                'ordering': ['tenant', 'first_day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gt', models.F('first_day'))), name='exports_bookyear_ends_after_it_begins', violation_error_message='The last day comes before the first.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('tenant', '='), (models.Func('first_day', 'last_day', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='exports_bookyear_no_overlap', violation_error_message='Another fiscal year of this customer holds some of these days.'), postgres.guards.Audited(name='exports_bookyear_audited', secret=(), silent=())],
            },
        ),
        migrations.CreateModel(
            name='FileSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.OneToOneField(blank=True, help_text="Leave empty for what holds for all of the customer's files.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('options', models.JSONField(default=dict)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'file settings',
                'verbose_name_plural': 'file settings',
                'constraints': [models.UniqueConstraint(condition=models.Q(('establishment', None)), fields=('tenant',), name='exports_filesettings_one_per_tenant', violation_error_message='This customer already has file settings.'), postgres.guards.SameTenant('establishment', name='exports_filesettings_establishment_id_same_tenant'), postgres.guards.Audited(name='exports_filesettings_audited', secret=(), silent=('updated_at',))],
            },
        ),
        migrations.CreateModel(
            name='MonthlyExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('day', models.PositiveSmallIntegerField(default=5, help_text='1 to 28', verbose_name='day of the month')),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], default='fec', max_length=10, verbose_name='format')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('exported_month', models.DateField(editable=False, null=True, verbose_name='last month exported')),
            ],
            options={
                'verbose_name': 'monthly export',
                'verbose_name_plural': 'monthly exports',
                'constraints': [models.CheckConstraint(condition=models.Q(('day__gte', 1), ('day__lte', 28)), name='exports_monthly_day_exists', violation_error_message='Choose a day from 1 to 28: every month has it.'), postgres.guards.SameTenant('establishment', name='exports_monthlyexport_establishment_id_same_tenant'), postgres.guards.Audited(name='exports_monthlyexport_audited', secret=(), silent=('exported_month',))],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('put_off_until', models.DateTimeField(editable=False, null=True)),
                ('put_off_count', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till', verbose_name='till')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('number', models.BigIntegerField(verbose_name='number')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('closed_at', models.DateTimeField(verbose_name='closed at')),
                ('gross', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='turnover')),
                ('document', models.JSONField()),
                ('state', models.CharField(choices=[('held', 'held'), ('waiting', 'waiting for activation'), ('ready', 'ready'), ('exporting', 'being exported'), ('exported', 'exported'), ('failed', 'failed'), ('archived', 'archived')], max_length=10, verbose_name='state')),
                ('found', models.JSONField(db_default=[], default=list, help_text='What was odd when it came, for each later look.')),
                ('problems', models.JSONField(default=list, verbose_name='problems')),
                ('accepted_problems', models.JSONField(default=list, help_text='Codes of problems a person waved through.')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='received')),
                ('state_since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'closing',
                'verbose_name_plural': 'closings',
                'ordering': ['-created_at', 'id'],
                'indexes': [models.Index(fields=['establishment', 'state'], name='exports_by_establishment'), models.Index(fields=['tenant', '-created_at'], name='exports_by_tenant'), models.Index(fields=['-created_at', 'id'], name='exports_newest_first'), models.Index(fields=['tenant', 'business_date', 'closed_at', 'id'], name='exports_by_tenant_day'), models.Index(condition=models.Q(('state__in', ['held', 'waiting'])), fields=['business_date', 'closed_at'], name='exports_looked_at_again'), models.Index(fields=['-business_date', '-closed_at', 'id'], name='exports_latest'), models.Index(fields=['number'], name='exports_by_number'), models.Index(fields=['business_date', 'till', 'establishment', 'state'], name='exports_by_day'), models.Index(fields=['establishment', 'business_date', 'state'], name='exports_shop_days'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('problems', []), _negated=True), fields=['problems'], name='exports_problems', opclasses=['jsonb_path_ops']), models.Index(condition=models.Q(('state__in', ['held', 'failed'])), fields=['-business_date', '-closed_at'], name='exports_to_mend')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), models.Q(('problems', []), _negated=True), _connector='OR'), name='exports_export_held_says_why'), models.CheckConstraint(condition=models.Q(('state__in', ['held', 'waiting', 'ready', 'exporting', 'exported', 'failed', 'archived'])), name='exports_export_state_known'), models.UniqueConstraint(fields=('id', 'tenant'), name='exports_export_with_tenant'), postgres.guards.SameTenant('establishment', name='exports_export_establishment_id_same_tenant'), postgres.guards.SameTenant('till', name='exports_export_till_id_same_tenant'), postgres.guards.Unchanging('document', name='exports_export_unchanging'), postgres.guards.NeverEmptied(name='exports_export_kept')],
            },
        ),
        migrations.CreateModel(
            name='RepostRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reseller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='reseller')),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
            ],
            options={
                'verbose_name': 'repost',
                'verbose_name_plural': 'reposts',
                'ordering': ['-started_at'],
                'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['started_at'], name='exports_repost_unfinished')],
            },
        ),
        migrations.CreateModel(
            name='CoveredTickets',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covered_tickets', to='exports.export')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('station', models.TextField()),
                ('tickets', django.contrib.postgres.fields.ranges.BigIntegerRangeField()),
                ('live', models.BooleanField()),
                ('training', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['tickets'], name='exports_tickets_found')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[('establishment', '='), ('station', '='), ('tickets', '&&')], name='exports_tickets_once'), models.CheckConstraint(condition=models.Q(('live', True), ('training', True), _negated=True), name='exports_training_never_live'), postgres.guards.SameTenant('closing', name='exports_coveredtickets_closing_id_same_tenant'), postgres.guards.SameTenant('establishment', name='exports_coveredtickets_establishment_id_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='UntoldTickets',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='untold_tickets', serialize=False, to='exports.export')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('kind', models.CharField(max_length=10)),
                ('hours', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('alike', models.CharField(max_length=64)),
                ('live', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('live', True)), fields=('establishment', 'alike'), name='exports_untold_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[('establishment', '='), ('kind', '<>'), ('hours', '&&')], name='exports_untold_one_kind'), postgres.guards.SameTenant('closing', name='exports_untoldtickets_closing_id_same_tenant'), postgres.guards.SameTenant('establishment', name='exports_untoldtickets_establishment_id_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Remainder',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='remainder', serialize=False, to='exports.export')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('document', models.JSONField()),
                ('over', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), help_text='The closings it was taken from.', size=None)),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [postgres.guards.SameTenant('closing', name='exports_remainder_closing_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='exports_remainder_only_added_to'), postgres.guards.NeverEmptied(name='exports_remainder_kept')],
            },
        ),
        migrations.CreateModel(
            name='FilePiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='exports.filecontent')),
                ('position', models.PositiveIntegerField()),
                ('data', models.BinaryField()),
                ('packed', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('content', 'position'), name='exports_piece_once')],
            },
        ),
        migrations.CreateModel(
            name='ExportRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('first_date', models.DateField(verbose_name='from')),
                ('last_date', models.DateField(verbose_name='to')),
                ('late_since', models.DateField(null=True)),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], max_length=10, verbose_name='format')),
                ('again', models.BooleanField(db_default=False, default=False, verbose_name='everything again')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(default='fr', max_length=10)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('asked_by_till', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='asked')),
                ('state', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('done', 'done'), ('cancelled', 'cancelled'), ('failed', 'failed')], default='queued', max_length=10, verbose_name='state')),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('fence', models.PositiveBigIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('leased_until', models.DateTimeField(null=True)),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('problems', models.JSONField(default=list)),
                ('content', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='exports.filecontent')),
                ('file_name', models.CharField(blank=True, max_length=80, verbose_name='file')),
                ('sheet', models.JSONField(help_text='The control sheet, for a page.', null=True)),
                ('sheet_csv', models.BinaryField(null=True)),
                ('takings', models.JSONField(help_text='Sales per VAT rate, receipts per means, turnover.', null=True)),
                ('comparison', models.JSONField(help_text="Each posted entry against Exact's books.", null=True)),
                ('read_back', models.JSONField(help_text="What the file's own bytes hold, entry by entry.", null=True)),
                ('mail_state', models.CharField(choices=[('none', 'no e-mail asked for'), ('due', 'to be sent'), ('sent', 'sent'), ('refused', 'refused')], default='none', max_length=10, verbose_name='mail')),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_not_before', models.DateTimeField(null=True)),
                ('mail_detail', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'export to accounting',
                'verbose_name_plural': 'exports to accounting',
                'ordering': ['-asked_at', 'id'],
                'indexes': [models.Index(fields=['tenant', '-asked_at'], name='exports_run_by_tenant'), models.Index(fields=['establishment', '-asked_at'], name='exports_run_by_shop'), models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['state'], name='exports_run_unfinished'), models.Index(condition=models.Q(('mail_state', 'due')), fields=['asked_at'], name='exports_run_mail_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='exports_run_dates_in_order'), models.CheckConstraint(condition=models.Q(('late_since', None), models.Q(('establishment__isnull', False), ('late_since__lte', models.F('first_date'))), _connector='OR'), name='exports_run_late_of_a_shop'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'cancelled', 'failed'])), name='exports_run_state_known'), models.CheckConstraint(condition=models.Q(('format__in', ['exact', 'fec', 'ciel', 'sage', 'sage_text'])), name='exports_run_format_known'), models.CheckConstraint(condition=models.Q(('asked_by', None), ('asked_by_till', None), _connector='OR'), name='exports_run_one_asker'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ('queued', 'running'))), models.Q(models.Q(('state__in', ('queued', 'running')), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='exports_run_finished_has_time'), models.CheckConstraint(condition=models.Q(('content', None), models.Q(('file_name', ''), _negated=True), _connector='OR'), name='exports_run_file_has_name'), models.UniqueConstraint(fields=('id', 'tenant'), name='exports_run_with_tenant'), postgres.guards.SameTenant('establishment', name='exports_exportrun_establishment_id_same_tenant'), postgres.guards.SameTenant('asked_by_till', name='exports_exportrun_asked_by_till_id_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='KeptNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('fiscal_year', models.DateField()),
                ('journal', models.CharField(max_length=20)),
                ('sequence', models.PositiveIntegerField()),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.export')),
                ('entry_kind', models.CharField(max_length=10)),
                ('entry_journal', models.CharField(max_length=10)),
                ('revision', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('given_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tenant', 'fiscal_year', 'journal', 'sequence'), name='exports_number_given_once'), models.UniqueConstraint(fields=('export', 'entry_kind', 'entry_journal', 'revision'), name='exports_number_of_entry_kept'), models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='exports_number_counts_from_one'), postgres.guards.SameTenant('export', name='exports_keptnumber_export_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='exports_keptnumber_only_added_to'), postgres.guards.NeverEmptied(name='exports_keptnumber_kept')],
            },
        ),
        migrations.CreateModel(
            name='ExportEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='exports.export')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('before', models.CharField(blank=True, max_length=10)),
                ('after', models.CharField(max_length=10)),
                ('why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['tenant', 'at'], name='exports_event_of_a_day'), models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='exports_event_of_a_person')],
                'constraints': [postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='exports_exportevent_only_added_to'), postgres.guards.NeverEmptied(name='exports_exportevent_kept')],
            },
        ),
        migrations.CreateModel(
            name='RepostItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('put_off_until', models.DateTimeField(editable=False, null=True)),
                ('put_off_count', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='exports.repostrun')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.export')),
                ('outcome', models.CharField(blank=True, max_length=30)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['run'], name='exports_repost_to_do')],
                'constraints': [models.UniqueConstraint(fields=('run', 'export'), name='exports_repost_item_once')],
            },
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='exports.export')),
                ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exact.posting')),
                ('entries', models.JSONField()),
                ('beside', models.JSONField(default=list)),
                ('payment_condition', models.CharField(blank=True, max_length=10)),
                ('cost_center', models.CharField(blank=True, max_length=20)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['asked_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('export',), name='exports_replacement_one_open'), models.UniqueConstraint(fields=('id', 'tenant'), name='exports_replacement_with_tenant'), postgres.guards.SameTenant('export', name='exports_replacement_export_id_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='RunClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closings', to='exports.exportrun')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.export')),
                ('place', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('taken', 'taken'), ('already', 'already exported'), ('skipped', 'left out'), ('held', 'held')], max_length=10)),
                ('in_exact', models.BooleanField(default=False, help_text='Its entries stood in Exact when it was taken.')),
                ('problems', models.JSONField(default=list)),
                ('earlier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.exportrun')),
            ],
            options={
                'ordering': ['place'],
                'constraints': [models.UniqueConstraint(fields=('run', 'export'), name='exports_runclosing_once'), postgres.guards.SameTenant('run', name='exports_runclosing_run_id_same_tenant'), postgres.guards.SameTenant('export', name='exports_runclosing_export_id_same_tenant'), postgres.guards.SameTenant('earlier', name='exports_runclosing_earlier_id_same_tenant')],
            },
        ),
        migrations.CreateModel(
            name='DeliveredClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.export')),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], max_length=10)),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.exportrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('export', 'format'), name='exports_delivered_once'), models.CheckConstraint(condition=models.Q(('format__in', ('ciel', 'sage', 'sage_text'))), name='exports_delivered_for_import'), postgres.guards.SameTenant('run', name='exports_deliveredclosing_run_id_same_tenant'), postgres.guards.SameTenant('export', name='exports_deliveredclosing_export_id_same_tenant'), postgres.guards.NeverEmptied(name='exports_deliveredclosing_kept')],
            },
        ),
        migrations.CreateModel(
            name='ValidatedEntry',
            fields=[
                ('number', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='validated', serialize=False, to='exports.keptnumber')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('content', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.filecontent')),
                ('start', models.PositiveBigIntegerField()),
                ('length', models.PositiveIntegerField()),
                ('takings', models.JSONField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('length__gt', 0)), name='exports_validated_has_text'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='exports_validatedentry_only_added_to'), postgres.guards.NeverEmptied(name='exports_validatedentry_kept')],
            },
        ),
        migrations.CreateModel(
            name='Replaced',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('replacement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='olds', to='exports.replacement')),
                ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exact.posting')),
                ('way', models.CharField(choices=[('again', 'Exact no longer has it: post it again'), ('delete', 'delete it in Exact and post it anew'), ('reverse', 'reverse it in Exact and post it anew')], max_length=10)),
                ('reversal', models.JSONField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('replacement', 'posting'), name='exports_replaced_once'), models.CheckConstraint(condition=models.Q(models.Q(('reversal__isnull', False), ('way', 'reverse')), models.Q(models.Q(('way', 'reverse'), _negated=True), ('reversal', None)), _connector='OR'), name='exports_replaced_reversal_kept'), postgres.guards.SameTenant('replacement', name='exports_replaced_replacement_id_same_tenant')],
            },
        ),
    ]
