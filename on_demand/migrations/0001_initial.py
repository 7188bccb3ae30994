import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import postgres.guards
import postgres.seen
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exports', '0001_initial'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
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
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='on_demand_content_has_a_hash'), postgres.seen.Seen(name='on_demand_filecontent_seen', reads={'clyo_accountant': 'EXISTS (SELECT FROM on_demand_ondemandexport AS export WHERE export.content_id = on_demand_filecontent.id)', 'clyo_customer': 'EXISTS (SELECT FROM on_demand_ondemandexport AS export WHERE export.content_id = on_demand_filecontent.id)', 'clyo_reseller': 'EXISTS (SELECT FROM on_demand_ondemandexport AS export WHERE export.content_id = on_demand_filecontent.id)', 'clyo_till': 'EXISTS (SELECT FROM on_demand_ondemandexport AS export WHERE export.content_id = on_demand_filecontent.id)'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='ExportSet',
            fields=[
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(default='fr', max_length=10)),
                ('mail_state', models.CharField(choices=[('none', 'no e-mail asked for'), ('due', 'to be sent'), ('sent', 'sent'), ('refused', 'refused')], default='none', max_length=10, verbose_name='mail')),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_not_before', models.DateTimeField(null=True)),
                ('mail_detail', models.CharField(blank=True, max_length=300)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('question', models.CharField(max_length=64)),
                ('first_date', models.DateField()),
                ('last_date', models.DateField()),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], max_length=10)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-asked_at'],
                'indexes': [models.Index(fields=['asked_by', '-asked_at'], name='on_demand_set_of_a_person'), models.Index(condition=models.Q(('mail_state', 'due')), fields=['asked_at'], name='on_demand_set_mail_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('format__in', ['exact', 'fec', 'ciel', 'sage', 'sage_text'])), name='on_demand_set_format_known'), models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='on_demand_set_dates_in_order'), postgres.seen.Seen(name='on_demand_exportset_seen', reads={'clyo_accountant': 'EXISTS (SELECT FROM on_demand_exportpart AS part WHERE part.together_id = on_demand_exportset.id) OR asked_by_id = {behind}', 'clyo_customer': 'EXISTS (SELECT FROM on_demand_exportpart AS part WHERE part.together_id = on_demand_exportset.id)', 'clyo_reseller': 'EXISTS (SELECT FROM on_demand_exportpart AS part WHERE part.together_id = on_demand_exportset.id) OR asked_by_id = {behind}'}, writes={'clyo_accountant': 'asked_by_id = {behind}', 'clyo_reseller': 'asked_by_id = {behind}'})],
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
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.storedclosing')),
                ('entry_kind', models.CharField(max_length=10)),
                ('entry_journal', models.CharField(max_length=10)),
                ('revision', models.PositiveSmallIntegerField(db_default=1, default=1)),
                ('given_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tenant', 'fiscal_year', 'journal', 'sequence'), name='on_demand_number_given_once'), models.UniqueConstraint(fields=('closing', 'entry_kind', 'entry_journal', 'revision'), name='on_demand_number_of_entry_kept'), models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='on_demand_number_counts_from_one'), postgres.guards.SameTenant('closing', name='on_demand_keptnumber_closing_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='on_demand_keptnumber_only_added_to'), postgres.guards.NeverEmptied(name='on_demand_keptnumber_kept'), postgres.seen.SeenByTenant(name='on_demand_keptnumber_seen', read_by=('clyo_accountant',))],
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
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gt', models.F('first_day'))), name='on_demand_bookyear_ends_after_it_begins', violation_error_message='The last day comes before the first.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('tenant', '='), (models.Func('first_day', 'last_day', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='on_demand_bookyear_no_overlap', violation_error_message='Another fiscal year of this customer holds some of these days.'), postgres.guards.Audited(name='on_demand_bookyear_audited', secret=(), silent=()), postgres.seen.SeenByTenant(name='on_demand_bookyear_seen', read_by=('clyo_accountant',))],
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
                'constraints': [models.UniqueConstraint(condition=models.Q(('establishment', None)), fields=('tenant',), name='on_demand_filesettings_one_per_tenant', violation_error_message='This customer already has file settings.'), postgres.guards.SameTenant('establishment', name='on_demand_filesettings_establishment_id_same_tenant'), postgres.guards.Audited(name='on_demand_filesettings_audited', secret=(), silent=('updated_at',)), postgres.seen.SeenByTenant(name='on_demand_filesettings_seen', read_by=('clyo_accountant',), written_by=())],
            },
        ),
        migrations.CreateModel(
            name='MonthlyExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.OneToOneField(blank=True, help_text="Leave empty for one file of all of the customer's establishments.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('day', models.PositiveSmallIntegerField(default=5, help_text='1 to 28', verbose_name='day of the month')),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], default='fec', max_length=10, verbose_name='format')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('exported_month', models.DateField(editable=False, null=True, verbose_name='last month exported')),
            ],
            options={
                'verbose_name': 'monthly export',
                'verbose_name_plural': 'monthly exports',
                'constraints': [models.CheckConstraint(condition=models.Q(('day__gte', 1), ('day__lte', 28)), name='on_demand_monthly_day_exists', violation_error_message='Choose a day from 1 to 28: every month has it.'), models.UniqueConstraint(condition=models.Q(('establishment', None)), fields=('tenant',), name='on_demand_monthly_one_per_tenant', violation_error_message='This customer already has a monthly export of all its establishments.'), postgres.guards.SameTenant('establishment', name='on_demand_monthlyexport_establishment_id_same_tenant'), postgres.guards.Audited(name='on_demand_monthlyexport_audited', secret=(), silent=('exported_month',)), postgres.seen.SeenByTenant(name='on_demand_monthlyexport_seen', read_by=('clyo_accountant',), shop=True)],
            },
        ),
        migrations.CreateModel(
            name='FilePiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='on_demand.filecontent')),
                ('position', models.PositiveIntegerField()),
                ('data', models.BinaryField()),
                ('packed', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('content', 'position'), name='on_demand_piece_once'), postgres.seen.Seen(name='on_demand_filepiece_seen', reads={'clyo_accountant': 'EXISTS (SELECT FROM on_demand_filecontent AS whole WHERE whole.id = content_id)', 'clyo_customer': 'EXISTS (SELECT FROM on_demand_filecontent AS whole WHERE whole.id = content_id)', 'clyo_reseller': 'EXISTS (SELECT FROM on_demand_filecontent AS whole WHERE whole.id = content_id)', 'clyo_till': 'EXISTS (SELECT FROM on_demand_filecontent AS whole WHERE whole.id = content_id)'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='OnDemandExport',
            fields=[
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(default='fr', max_length=10)),
                ('mail_state', models.CharField(choices=[('none', 'no e-mail asked for'), ('due', 'to be sent'), ('sent', 'sent'), ('refused', 'refused')], default='none', max_length=10, verbose_name='mail')),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mail_not_before', models.DateTimeField(null=True)),
                ('mail_detail', models.CharField(blank=True, max_length=300)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('first_date', models.DateField(verbose_name='from')),
                ('last_date', models.DateField(verbose_name='to')),
                ('late_since', models.DateField(null=True)),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], max_length=10, verbose_name='format')),
                ('again', models.BooleanField(db_default=False, default=False, verbose_name='everything again')),
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
                ('content', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='on_demand.filecontent')),
                ('file_name', models.CharField(blank=True, max_length=80, verbose_name='file')),
                ('sheet', models.JSONField(help_text='The control sheet, for a page.', null=True)),
                ('sheet_csv', models.BinaryField(null=True)),
                ('takings', models.JSONField(help_text='Sales per VAT rate, receipts per means, turnover.', null=True)),
                ('comparison', models.JSONField(help_text="Each posted entry against Exact's books.", null=True)),
                ('read_back', models.JSONField(help_text="What the file's own bytes hold, entry by entry.", null=True)),
            ],
            options={
                'verbose_name': 'export to accounting',
                'verbose_name_plural': 'exports to accounting',
                'ordering': ['-asked_at', 'id'],
                'indexes': [models.Index(fields=['tenant', '-asked_at'], name='on_demand_export_by_tenant'), models.Index(fields=['establishment', '-asked_at'], name='on_demand_export_by_shop'), models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['state'], name='on_demand_export_unfinished'), models.Index(condition=models.Q(('mail_state', 'due')), fields=['asked_at'], name='on_demand_export_mail_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='on_demand_export_dates_in_order'), models.CheckConstraint(condition=models.Q(('late_since', None), ('late_since__lte', models.F('first_date')), _connector='OR'), name='on_demand_export_late_days_before'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'cancelled', 'failed'])), name='on_demand_export_state_known'), models.CheckConstraint(condition=models.Q(('format__in', ['exact', 'fec', 'ciel', 'sage', 'sage_text'])), name='on_demand_export_format_known'), models.CheckConstraint(condition=models.Q(('asked_by', None), ('asked_by_till', None), _connector='OR'), name='on_demand_export_one_asker'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ('queued', 'running'))), models.Q(models.Q(('state__in', ('queued', 'running')), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='on_demand_export_finished_has_time'), models.CheckConstraint(condition=models.Q(('content', None), models.Q(('file_name', ''), _negated=True), _connector='OR'), name='on_demand_export_file_has_name'), models.UniqueConstraint(fields=('id', 'tenant'), name='on_demand_export_with_tenant'), postgres.guards.SameTenant('establishment', name='on_demand_ondemandexport_establishment_id_same_tenant'), postgres.guards.SameTenant('asked_by_till', name='on_demand_ondemandexport_asked_by_till_id_same_tenant'), postgres.seen.SeenByTenant(name='on_demand_ondemandexport_seen', read_by=('clyo_accountant',))],
            },
        ),
        migrations.CreateModel(
            name='ValidatedEntry',
            fields=[
                ('number', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='validated', serialize=False, to='on_demand.keptnumber')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('content', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='on_demand.filecontent')),
                ('start', models.PositiveBigIntegerField()),
                ('length', models.PositiveIntegerField()),
                ('takings', models.JSONField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('length__gt', 0)), name='on_demand_validated_has_text'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='on_demand_validatedentry_only_added_to'), postgres.guards.NeverEmptied(name='on_demand_validatedentry_kept'), postgres.seen.SeenByTenant(name='on_demand_validatedentry_seen', read_by=('clyo_accountant',))],
            },
        ),
        migrations.CreateModel(
            name='OnDemandShop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shops', to='on_demand.ondemandexport')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
            ],
            options={
                'ordering': ['establishment__code', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('export', 'establishment'), name='on_demand_shop_once_an_export'), postgres.guards.SameTenant('export', name='on_demand_ondemandshop_export_id_same_tenant'), postgres.guards.SameTenant('establishment', name='on_demand_ondemandshop_establishment_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='on_demand_ondemandshop_only_added_to'), postgres.seen.SeenByTenant(name='on_demand_ondemandshop_seen', read_by=('clyo_accountant',))],
            },
        ),
        migrations.CreateModel(
            name='ExportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('together', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='on_demand.exportset')),
                ('export', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='part', to='on_demand.ondemandexport')),
            ],
            options={
                'ordering': ['tenant__name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('together', 'tenant'), name='on_demand_part_once_a_customer'), postgres.guards.SameTenant('export', name='on_demand_exportpart_export_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='on_demand_exportpart_only_added_to'), postgres.seen.SeenByTenant(name='on_demand_exportpart_seen', read_by=('clyo_accountant',))],
            },
        ),
        migrations.CreateModel(
            name='OnDemandClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closings', to='on_demand.ondemandexport')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.storedclosing')),
                ('place', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('taken', 'taken'), ('already', 'already exported'), ('skipped', 'left out'), ('held', 'held')], max_length=10)),
                ('in_exact', models.BooleanField(default=False, help_text='Its entries stood in Exact when it was taken.')),
                ('problems', models.JSONField(default=list)),
                ('earlier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='on_demand.ondemandexport')),
            ],
            options={
                'ordering': ['place'],
                'constraints': [models.UniqueConstraint(fields=('export', 'closing'), name='on_demand_ondemandclosing_once'), postgres.guards.SameTenant('export', name='on_demand_ondemandclosing_export_id_same_tenant'), postgres.guards.SameTenant('closing', name='on_demand_ondemandclosing_closing_id_same_tenant'), postgres.guards.SameTenant('earlier', name='on_demand_ondemandclosing_earlier_id_same_tenant'), postgres.seen.SeenByTenant(name='on_demand_ondemandclosing_seen', read_by=('clyo_accountant',))],
            },
        ),
        migrations.CreateModel(
            name='DeliveredClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.storedclosing')),
                ('format', models.CharField(choices=[('exact', 'Exact Online'), ('fec', 'FEC'), ('ciel', 'Ciel / Sage 50 (XIMPORT)'), ('sage', 'Sage 100 (format Sage)'), ('sage_text', 'Sage 100 (parametrable text)')], max_length=10)),
                ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='on_demand.ondemandexport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('closing', 'format'), name='on_demand_delivered_once'), models.CheckConstraint(condition=models.Q(('format__in', ('ciel', 'sage', 'sage_text'))), name='on_demand_delivered_for_import'), postgres.guards.SameTenant('export', name='on_demand_deliveredclosing_export_id_same_tenant'), postgres.guards.SameTenant('closing', name='on_demand_deliveredclosing_closing_id_same_tenant'), postgres.guards.NeverEmptied(name='on_demand_deliveredclosing_kept'), postgres.seen.SeenByTenant(name='on_demand_deliveredclosing_seen', read_by=('clyo_accountant',))],
            },
        ),
    ]
