import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import postgres.guards
import postgres.seen
import uuid
import uuid_utils.compat
from decimal import Decimal
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
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_at', None), ('asked_at__isnull', False), _connector='OR'), name='exports_kinds_asked_before_answered'), postgres.guards.SameTenant('establishment', name='exports_closingkinds_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_closingkinds_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='CountersAnew',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('station', models.TextField()),
                ('since', models.DateTimeField()),
                ('former', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till')),
                ('till', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till')),
                ('series', models.PositiveSmallIntegerField()),
                ('beside', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('series__gte', 1)), name='exports_counters_anew_in_a_series'), models.CheckConstraint(condition=models.Q(('former', models.F('till')), _negated=True), name='exports_counters_anew_of_another'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('series__gt', 1)), expressions=[('establishment', '='), ('station', '='), ('series', '='), ('till', '<>')], name='exports_counters_anew_one_till'), postgres.guards.SameTenant('establishment', name='exports_countersanew_establishment_id_same_tenant'), postgres.guards.SameTenant('former', name='exports_countersanew_former_id_same_tenant'), postgres.guards.SameTenant('till', name='exports_countersanew_till_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='exports_countersanew_only_added_to'), postgres.seen.SeenByTenant(name='exports_countersanew_seen', shop=True, written_by=())],
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
                'constraints': [models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='exports_level_really_changed'), postgres.guards.SameTenant('establishment', name='exports_levelchange_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_levelchange_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='StartChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('before', models.DateField(null=True)),
                ('after', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('why', models.CharField(max_length=200, null=True)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['at'], name='exports_start_to_look_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('after__isnull', False), ('before', None)), models.Q(('after', None), ('before__isnull', False)), models.Q(('before', models.F('after')), _negated=True), _connector='OR'), name='exports_start_really_changed'), postgres.guards.Unchanging('establishment_id', 'tenant_id', 'before', 'after', 'at', 'actor_id', masked=('why',), name='exports_startchange_unchanging', once=('why', 'done_at')), postgres.guards.OnlyAddedTo('DELETE', name='exports_startchange_only_added_to'), postgres.guards.NeverEmptied(name='exports_startchange_kept'), postgres.guards.SameTenant('establishment', name='exports_startchange_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_startchange_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='StoredClosing',
            fields=[
                ('put_off_until', models.DateTimeField(editable=False, null=True)),
                ('put_off_count', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('till', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till', verbose_name='till')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('number', models.BigIntegerField(verbose_name='number')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('closed_at', models.DateTimeField(verbose_name='closed at')),
                ('gross', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='turnover')),
                ('offered', models.DecimalField(db_default=Decimal('0.00'), decimal_places=2, default=Decimal('0.00'), help_text='What of the turnover was given away.', max_digits=14)),
                ('document', models.JSONField()),
                ('state', models.CharField(choices=[('held', 'held'), ('waiting', 'waiting for activation'), ('ready', 'ready'), ('exporting', 'being exported'), ('exported', 'exported'), ('failed', 'failed'), ('archived', 'archived')], max_length=10, verbose_name='state')),
                ('found', models.JSONField(db_default=[], default=list, help_text='What was odd when it came, for each later look.')),
                ('problems', models.JSONField(default=list, verbose_name='problems')),
                ('accepted_problems', models.JSONField(default=list, help_text='Codes of problems a person waved through.')),
                ('corrects', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='exports.storedclosing')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='received')),
                ('state_since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'closing',
                'verbose_name_plural': 'closings',
                'ordering': ['-created_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('corrects__isnull', False)), fields=['corrects'], name='exports_corrections'), models.Index(fields=['establishment', 'state'], name='exports_by_establishment'), models.Index(fields=['tenant', '-created_at'], name='exports_by_tenant'), models.Index(fields=['till', '-business_date'], name='exports_latest_of_till'), models.Index(fields=['-created_at', 'id'], name='exports_newest_first'), models.Index(fields=['tenant', 'business_date', 'closed_at', 'id'], name='exports_by_tenant_day'), models.Index(condition=models.Q(('state__in', ['held', 'waiting'])), fields=['business_date', 'closed_at'], name='exports_looked_at_again'), models.Index(fields=['-business_date', '-closed_at', 'id'], name='exports_latest'), models.Index(fields=['number'], name='exports_by_number'), models.Index(fields=['gross'], name='exports_by_turnover'), models.Index(fields=['business_date', 'till', 'establishment', 'state'], name='exports_by_day'), models.Index(fields=['establishment', 'business_date', 'state', 'till'], name='exports_shop_days'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('problems', []), _negated=True), fields=['problems'], name='exports_problems', opclasses=['jsonb_path_ops']), models.Index(condition=models.Q(('state__in', ['held', 'failed'])), fields=['-business_date', '-closed_at'], name='exports_to_mend')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), models.Q(('problems', []), _negated=True), _connector='OR'), name='exports_closing_held_says_why'), models.CheckConstraint(condition=models.Q(('state__in', ['held', 'waiting', 'ready', 'exporting', 'exported', 'failed', 'archived'])), name='exports_closing_state_known'), models.UniqueConstraint(fields=('id', 'tenant'), name='exports_closing_with_tenant'), postgres.guards.SameTenant('establishment', name='exports_storedclosing_establishment_id_same_tenant'), postgres.guards.SameTenant('till', name='exports_storedclosing_till_id_same_tenant'), postgres.guards.SameTenant('corrects', name='exports_storedclosing_corrects_id_same_tenant'), models.CheckConstraint(condition=models.Q(('corrects', models.F('id')), _negated=True), name='exports_closing_corrects_another'), postgres.guards.Unchanging('document', 'corrects_id', name='exports_storedclosing_unchanging'), postgres.guards.NeverEmptied(name='exports_storedclosing_kept'), postgres.seen.SeenByTenant(name='exports_storedclosing_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='RepostRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reseller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='reseller')),
                ('tenant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('way', models.CharField(choices=[('again', 'sent again'), ('as-it-is', 'taken as it is'), ('set-aside', 'set aside'), ('after-all', 'booked after all'), ('correct', "corrected: replaced by what today's settings book"), ('release', 'released')], db_default='again', default='again', max_length=10)),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('stopped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stopped by')),
            ],
            options={
                'verbose_name': 'repost',
                'verbose_name_plural': 'reposts',
                'ordering': ['-started_at'],
                'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['started_at'], name='exports_repost_unfinished')],
                'constraints': [models.CheckConstraint(condition=models.Q(('stopped_by', None), ('finished_at__isnull', False), _connector='OR'), name='exports_run_stopped_is_over'), models.CheckConstraint(condition=models.Q(models.Q(('way', 'correct'), _negated=True), ('tenant__isnull', False), _connector='OR'), name='exports_correction_of_one_customer'), postgres.seen.Seen(name='exports_repostrun_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL OR EXISTS (SELECT FROM exports_repostitem AS item WHERE item.run_id = exports_repostrun.id)', 'clyo_merchant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL OR EXISTS (SELECT FROM exports_repostitem AS item WHERE item.run_id = exports_repostrun.id)', 'clyo_reseller': 'EXISTS (SELECT FROM exports_repostitem AS item WHERE item.run_id = exports_repostrun.id) OR reseller_id = {reseller} AND actor_id = {behind} AND finished_at IS NULL'}, writes={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'reseller_id = {reseller}'})],
            },
        ),
        migrations.CreateModel(
            name='ClosedDays',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('kind', models.CharField(choices=[('holidays', 'holidays'), ('day', 'closed that day')], max_length=10, verbose_name='kind')),
                ('note', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='note')),
                ('said_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='said by')),
                ('said_at', models.DateTimeField(verbose_name='said')),
            ],
            options={
                'verbose_name': 'closed days',
                'verbose_name_plural': 'closed days',
                'ordering': ['establishment', 'first_day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='exports_closed_days_end_after_they_begin'), models.CheckConstraint(condition=models.Q(('kind__in', ['holidays', 'day'])), name='exports_closed_days_kind_known'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('establishment', '='), (models.Func('first_day', 'last_day', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='exports_closed_days_no_overlap'), postgres.guards.SameTenant('establishment', name='exports_closeddays_establishment_id_same_tenant'), postgres.guards.Unchanging('tenant_id', 'establishment_id', name='exports_closeddays_unchanging'), postgres.guards.NeverEmptied(name='exports_closeddays_kept'), postgres.guards.Audited(name='exports_closeddays_audited', secret=(), silent=()), postgres.seen.SeenByTenant(name='exports_closeddays_seen', shop=True, written_by=('clyo_accountant', 'clyo_merchant'))],
            },
        ),
        migrations.CreateModel(
            name='SettingsLook',
            fields=[
                ('put_off_until', models.DateTimeField(editable=False, null=True)),
                ('put_off_count', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ('establishment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='settings_look', serialize=False, to='tenants.establishment')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('since', models.DateTimeField()),
                ('reached', models.UUIDField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [postgres.guards.SameTenant('establishment', name='exports_settingslook_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_settingslook_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='CoveredTickets',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covered_tickets', to='exports.storedclosing')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('station', models.TextField()),
                ('tickets', django.contrib.postgres.fields.ranges.BigIntegerRangeField()),
                ('live', models.BooleanField()),
                ('training', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['tickets'], name='exports_tickets_found')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[('establishment', '='), ('station', '='), ('tickets', '&&')], name='exports_tickets_once'), models.CheckConstraint(condition=models.Q(('live', True), ('training', True), _negated=True), name='exports_training_never_live'), postgres.guards.SameTenant('closing', name='exports_coveredtickets_closing_id_same_tenant'), postgres.guards.SameTenant('establishment', name='exports_coveredtickets_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_coveredtickets_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='UntoldTickets',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='untold_tickets', serialize=False, to='exports.storedclosing')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('kind', models.CharField(max_length=10)),
                ('hours', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('alike', models.CharField(max_length=64)),
                ('live', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('live', True)), fields=('establishment', 'alike'), name='exports_untold_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[('establishment', '='), ('kind', '<>'), ('hours', '&&')], name='exports_untold_one_kind'), postgres.guards.SameTenant('closing', name='exports_untoldtickets_closing_id_same_tenant'), postgres.guards.SameTenant('establishment', name='exports_untoldtickets_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_untoldtickets_seen', shop=True)],
            },
        ),
        migrations.CreateModel(
            name='Remainder',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='remainder', serialize=False, to='exports.storedclosing')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('document', models.JSONField()),
                ('over', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), help_text='The closings it was taken from.', size=None)),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [postgres.guards.SameTenant('closing', name='exports_remainder_closing_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', name='exports_remainder_only_added_to'), postgres.guards.NeverEmptied(name='exports_remainder_kept'), postgres.seen.SeenByTenant(name='exports_remainder_seen')],
            },
        ),
        migrations.CreateModel(
            name='ClosingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='exports.storedclosing')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('before', models.CharField(blank=True, max_length=10)),
                ('after', models.CharField(max_length=10)),
                ('why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['tenant', 'at'], name='exports_event_of_a_day'), models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='exports_event_of_a_person')],
                'constraints': [postgres.guards.OnlyAddedTo('DELETE', name='exports_closingevent_only_added_to'), postgres.guards.OnlyMasked('why', name='exports_closingevent_only_masked'), postgres.guards.NeverEmptied(name='exports_closingevent_kept'), postgres.seen.SeenByTenant(name='exports_closingevent_seen')],
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
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.storedclosing')),
                ('outcome', models.CharField(blank=True, max_length=30)),
                ('shown', models.CharField(blank=True, db_default='', default='', max_length=32)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['run'], name='exports_repost_to_do')],
                'constraints': [models.UniqueConstraint(fields=('run', 'closing'), name='exports_repost_item_once'), models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('closing',), name='exports_repost_item_one_open'), postgres.seen.SeenByTenant(name='exports_repostitem_seen')],
            },
        ),
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='set_asides', to='exports.storedclosing')),
                ('instead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='set_aside_for', to='exports.storedclosing')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['closing'], name='exports_setaside_of_closing')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('closing',), name='exports_setaside_one_open'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='exports_setaside_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ended_why', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('ended_why', ''), _negated=True)), _connector='OR'), name='exports_setaside_end_says_why'), models.CheckConstraint(condition=models.Q(('instead', None), models.Q(('instead', models.F('closing')), _negated=True), _connector='OR'), name='exports_setaside_for_another'), postgres.guards.SameTenant('closing', name='exports_setaside_closing_id_same_tenant'), postgres.guards.SameTenant('instead', name='exports_setaside_instead_id_same_tenant'), postgres.guards.Unchanging('closing_id', 'instead_id', 'why', 'by_id', 'at', masked=('why',), name='exports_setaside_unchanging', once=('ended_at', 'ended_by_id')), postgres.guards.OnlyAddedTo('DELETE', name='exports_setaside_only_added_to'), postgres.guards.NeverEmptied(name='exports_setaside_kept'), postgres.seen.SeenByTenant(name='exports_setaside_seen')],
            },
        ),
        migrations.CreateModel(
            name='NeverMade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='never_made', to='exports.storedclosing')),
                ('first', models.BigIntegerField(verbose_name='first number')),
                ('last', models.BigIntegerField(verbose_name='last number')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='said')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='taken back')),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
                ('ended_why', models.CharField(blank=True, max_length=200, verbose_name='why it was taken back')),
            ],
            options={
                'verbose_name': 'numbers never made',
                'verbose_name_plural': 'numbers never made',
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['closing'], name='exports_nevermade_of_closing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='exports_nevermade_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='exports_nevermade_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('ended_why', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('ended_why', ''), _negated=True)), _connector='OR'), name='exports_nevermade_end_says_why'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at', None)), expressions=[('closing', '='), (models.Func('first', 'last', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&')], name='exports_nevermade_once'), postgres.guards.SameTenant('closing', name='exports_nevermade_closing_id_same_tenant'), postgres.guards.Unchanging('closing_id', 'first', 'last', 'why', 'by_id', 'at', masked=('why',), name='exports_nevermade_unchanging', once=('ended_at', 'ended_by_id')), postgres.guards.OnlyAddedTo('DELETE', name='exports_nevermade_only_added_to'), postgres.guards.NeverEmptied(name='exports_nevermade_kept'), postgres.guards.Audited(name='exports_nevermade_audited', secret=(), silent=()), postgres.seen.SeenByTenant(name='exports_nevermade_seen')],
            },
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='exports.storedclosing')),
                ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exact.posting')),
                ('kind', models.CharField(choices=[('replace', 'new entries in their place'), ('set-aside', 'nothing: the closing is set aside')], db_default='replace', default='replace', max_length=10)),
                ('instead', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exports.storedclosing')),
                ('why', models.CharField(blank=True, db_default='', default='', max_length=200)),
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
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('closing',), name='exports_replacement_one_open'), models.UniqueConstraint(fields=('id', 'tenant'), name='exports_replacement_with_tenant'), models.CheckConstraint(condition=models.Q(models.Q(('instead', None), ('kind', 'replace')), models.Q(('asked_by__isnull', False), ('entries', []), ('kind', 'set-aside'), models.Q(('why', ''), _negated=True)), _connector='OR'), name='exports_replacement_to_set_aside_says_why'), postgres.guards.SameTenant('closing', name='exports_replacement_closing_id_same_tenant'), postgres.guards.SameTenant('instead', name='exports_replacement_instead_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_replacement_seen')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('closing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='exports.storedclosing')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who sees to it')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'who sees to a closing',
                'verbose_name_plural': 'who sees to closings',
                'ordering': ['since', 'pk'],
                'indexes': [models.Index(fields=['closing'], name='exports_assignment_of_closing'), models.Index(condition=models.Q(('ended_at', None)), fields=['person'], name='exports_assignment_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('closing',), name='exports_assignment_one_open'), models.CheckConstraint(condition=models.Q(('ended_by', None), ('ended_at__isnull', False), _connector='OR'), name='exports_assignment_ended_by_is_over'), postgres.guards.SameTenant('closing', name='exports_assignment_closing_id_same_tenant'), postgres.guards.Unchanging('closing_id', 'person_id', 'by_id', 'since', name='exports_assignment_unchanging', once=('ended_at', 'ended_by_id')), postgres.guards.OnlyAddedTo('DELETE', name='exports_assignment_only_added_to'), postgres.guards.NeverEmptied(name='exports_assignment_kept'), postgres.seen.SeenByTenant(name='exports_assignment_seen')],
            },
        ),
        migrations.CreateModel(
            name='Overtaken',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='overtaken', serialize=False, to='exports.storedclosing')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('day', models.DateField(verbose_name='dated')),
                ('moves', models.JSONField()),
                ('found_at', models.DateTimeField(auto_now=True, verbose_name='found')),
            ],
            options={
                'constraints': [postgres.guards.SameTenant('closing', name='exports_overtaken_closing_id_same_tenant'), postgres.guards.SameTenant('establishment', name='exports_overtaken_establishment_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_overtaken_seen', shop=True)],
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
                'constraints': [models.UniqueConstraint(fields=('replacement', 'posting'), name='exports_replaced_once'), models.CheckConstraint(condition=models.Q(models.Q(('reversal__isnull', False), ('way', 'reverse')), models.Q(models.Q(('way', 'reverse'), _negated=True), ('reversal', None)), _connector='OR'), name='exports_replaced_reversal_kept'), postgres.guards.SameTenant('replacement', name='exports_replaced_replacement_id_same_tenant'), postgres.seen.SeenByTenant(name='exports_replaced_seen')],
            },
        ),
    ]
