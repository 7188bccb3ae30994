import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

from tenants.integrity import same_tenant


# What is in the books stays what counts, whatever a look or a person makes of it.
COUNTED_STAYS = """
CREATE FUNCTION exports_counted_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM exact_posting WHERE closing_id = OLD.closing_id AND state NOT IN ('withdrawn', 'reversed'))
    THEN
        RAISE EXCEPTION 'a closing with entries counts' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exports_counted_stays BEFORE UPDATE OF live ON exports_coveredtickets
    FOR EACH ROW WHEN (OLD.live AND NOT NEW.live) EXECUTE FUNCTION exports_counted_stays();
CREATE TRIGGER exports_counted_is_not_deleted BEFORE DELETE ON exports_coveredtickets
    FOR EACH ROW WHEN (OLD.live) EXECUTE FUNCTION exports_counted_stays();
CREATE TRIGGER exports_untold_stays BEFORE UPDATE OF live ON exports_untoldtickets
    FOR EACH ROW WHEN (OLD.live AND NOT NEW.live) EXECUTE FUNCTION exports_counted_stays();
CREATE TRIGGER exports_untold_is_not_deleted BEFORE DELETE ON exports_untoldtickets
    FOR EACH ROW WHEN (OLD.live) EXECUTE FUNCTION exports_counted_stays();
"""
DROP_COUNTED_STAYS = """
DROP TRIGGER exports_untold_is_not_deleted ON exports_untoldtickets;
DROP TRIGGER exports_untold_stays ON exports_untoldtickets;
DROP TRIGGER exports_counted_is_not_deleted ON exports_coveredtickets;
DROP TRIGGER exports_counted_stays ON exports_coveredtickets;
DROP FUNCTION exports_counted_stays();
"""
# No entry is made of a closing that does not count, or of more of it than was left.
ONLY_WHAT_COUNTS = """
CREATE FUNCTION exports_only_what_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made
        WHERE (EXISTS (SELECT FROM exports_coveredtickets WHERE closing_id = made.closing_id AND NOT live)
               OR EXISTS (SELECT FROM exports_untoldtickets WHERE closing_id = made.closing_id AND NOT live))
          AND NOT EXISTS (SELECT FROM exports_remainder WHERE closing_id = made.closing_id))
    THEN
        RAISE EXCEPTION 'only a closing that counts has entries' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER exports_only_what_counts AFTER INSERT ON exact_posting
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION exports_only_what_counts();
"""
DROP_ONLY_WHAT_COUNTS = """
DROP TRIGGER exports_only_what_counts ON exact_posting;
DROP FUNCTION exports_only_what_counts();
"""
# Archived is the end, but for what another closing stands for: that may count after all.
ARCHIVED_STAYS = """
CREATE FUNCTION exports_archived_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM jsonb_array_elements(OLD.problems) problem
        WHERE problem->>'code' IN ('checked_against', 'covered_within', 'other_level_booked'))
    THEN
        RAISE EXCEPTION 'an archived closing with nothing to book stays archived' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exports_archived_stays BEFORE UPDATE OF state ON exports_export
    FOR EACH ROW WHEN (OLD.state = 'archived' AND NEW.state <> 'archived') EXECUTE FUNCTION exports_archived_stays();
"""
DROP_ARCHIVED_STAYS = """
DROP TRIGGER exports_archived_stays ON exports_export;
DROP FUNCTION exports_archived_stays();
"""
# Whoever changes what an establishment books answers its question, and has its closings looked at again.
LEVEL_CHANGED = """
CREATE FUNCTION exports_level_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_levelchange (establishment_id, tenant_id, before, after, at)
        VALUES (NEW.id, NEW.tenant_id, OLD.booked_level, NEW.booked_level, clock_timestamp());
    IF NEW.booked_level = 'auto' THEN
        UPDATE exports_closingkinds SET asked_at = NULL, asked_kind = '', answered_at = NULL, answered_by_id = NULL,
            answer = '' WHERE establishment_id = NEW.id;
    ELSE
        UPDATE exports_closingkinds SET answered_at = clock_timestamp(), answer = NEW.booked_level,
            answered_by_id = NULLIF(current_setting('clyo.actor', true), '')::bigint
            WHERE establishment_id = NEW.id AND asked_at IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER exports_level_changed AFTER UPDATE OF booked_level ON tenants_establishment
    FOR EACH ROW WHEN (OLD.booked_level IS DISTINCT FROM NEW.booked_level) EXECUTE FUNCTION exports_level_changed();
"""
DROP_LEVEL_CHANGED = """
DROP TRIGGER exports_level_changed ON tenants_establishment;
DROP FUNCTION exports_level_changed();
"""
# What a person let be booked never changes.
REMAINDER_KEPT = """
CREATE TRIGGER exports_remainder_only_added_to BEFORE UPDATE OR DELETE ON exports_remainder
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
CREATE TRIGGER exports_remainder_kept BEFORE TRUNCATE ON exports_remainder
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_only_added_to();
"""
DROP_REMAINDER_KEPT = """
DROP TRIGGER exports_remainder_kept ON exports_remainder;
DROP TRIGGER exports_remainder_only_added_to ON exports_remainder;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0024_late_closings'),
        ('tenants', '0011_booked_level_by_itself'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='Remainder',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='remainder', serialize=False, to='exports.export')),
                ('document', models.JSONField()),
                ('over', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), help_text='The closings it was taken from.', size=None)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('made_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='ClosingKinds',
            fields=[
                ('establishment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='closing_kinds', serialize=False, to='tenants.establishment', verbose_name='establishment')),
                ('told', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), db_default=[], default=list, size=None)),
                ('untold', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), db_default=[], default=list, size=None)),
                ('asked_at', models.DateTimeField(null=True)),
                ('asked_kind', models.CharField(blank=True, db_default='', default='', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('auto', 'automatic: the first closing that covers a ticket'), ('general', 'general closings'), ('station', 'station closings'), ('drawer', 'drawer closings')], db_default='', default='', max_length=10)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at', None), ('asked_at__isnull', False)), fields=['establishment'], name='exports_kinds_open_question')],
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_at', None), ('asked_at__isnull', False), _connector='OR'), name='exports_kinds_asked_before_answered')],
            },
        ),
        migrations.CreateModel(
            name='CoveredTickets',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station', models.TextField()),
                ('tickets', django.contrib.postgres.fields.ranges.BigIntegerRangeField()),
                ('live', models.BooleanField()),
                ('training', models.BooleanField(db_default=False, default=False)),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covered_tickets', to='exports.export')),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['tickets'], name='exports_tickets_found')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[('establishment', '='), ('station', '='), ('tickets', '&&')], name='exports_tickets_once'), models.CheckConstraint(condition=models.Q(('live', True), ('training', True), _negated=True), name='exports_training_never_live')],
            },
        ),
        migrations.CreateModel(
            name='LevelChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(max_length=10)),
                ('after', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('step', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('reached', models.UUIDField(null=True)),
                ('failed', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), db_default=[], default=list, size=None)),
                ('done_at', models.DateTimeField(null=True)),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['at'], name='exports_level_to_look_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='exports_level_really_changed')],
            },
        ),
        migrations.CreateModel(
            name='UntoldTickets',
            fields=[
                ('closing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='untold_tickets', serialize=False, to='exports.export')),
                ('kind', models.CharField(max_length=10)),
                ('hours', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('alike', models.CharField(max_length=64)),
                ('live', models.BooleanField()),
                ('establishment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('live', True)), fields=('establishment', 'alike'), name='exports_untold_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[('establishment', '='), ('kind', '<>'), ('hours', '&&')], name='exports_untold_one_kind')],
            },
        ),
        same_tenant("exports_remainder", "closing_id", "exports_export"),
        same_tenant("exports_closingkinds", "establishment_id", "tenants_establishment"),
        same_tenant("exports_coveredtickets", "establishment_id", "tenants_establishment"),
        same_tenant("exports_untoldtickets", "establishment_id", "tenants_establishment"),
        same_tenant("exports_levelchange", "establishment_id", "tenants_establishment"),
        migrations.RunSQL(COUNTED_STAYS, DROP_COUNTED_STAYS),
        migrations.RunSQL(ONLY_WHAT_COUNTS, DROP_ONLY_WHAT_COUNTS),
        migrations.RunSQL(ARCHIVED_STAYS, DROP_ARCHIVED_STAYS),
        migrations.RunSQL(LEVEL_CHANGED, DROP_LEVEL_CHANGED),
        migrations.RunSQL(REMAINDER_KEPT, DROP_REMAINDER_KEPT),
    ]
