import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import postgres.guards
import postgres.in_force
import postgres.seen
import tenants.siren
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sessions', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='postgres_only_added_to',
            digest='8529d1f5058fb7ff',
        ),
        postgres.in_force.Install(
            name='postgres_only_masked',
            digest='8f7f495925dffa96',
        ),
        postgres.in_force.Install(
            name='postgres_unchanging',
            digest='d12fb1cfd6067e27',
        ),
        postgres.in_force.Install(
            name='postgres_moves',
            digest='be45745d60c1beb3',
        ),
        postgres.in_force.Install(
            name='tenants_note_change',
            digest='8cad93b302c93541',
        ),
        migrations.CreateModel(
            name='Reseller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, validators=[django.core.validators.RegexValidator('[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]', 'A name stands on one line, without tabs. Type it anew.', inverse_match=True)], verbose_name='name')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended since')),
                ('suspended_why', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why it is suspended')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'reseller',
                'verbose_name_plural': 'resellers',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='tenants_reseller_named_on_one_line'), models.CheckConstraint(condition=models.Q(('suspended_why', ''), ('suspended_at__isnull', False), _connector='OR'), name='tenants_reseller_why_while_suspended'), postgres.guards.Audited(name='tenants_reseller_audited', secret=(), silent=()), postgres.seen.Seen(name='tenants_reseller_seen', reads={'clyo_accountant': 'id IN (SELECT reseller_id FROM tenants_tenant)', 'clyo_customer': 'id = {reseller}', 'clyo_door': 'true', 'clyo_merchant': 'id IN (SELECT reseller_id FROM tenants_tenant)', 'clyo_reseller': 'id = {reseller} OR id IN (SELECT reseller_id FROM tenants_handover)', 'clyo_till': 'id = {reseller}'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('support', 'Support'), ('reseller_admin', 'Reseller administrator'), ('reseller_staff', 'Reseller staff'), ('accountant', 'Accountant'), ('merchant', "Restaurant's own people")], max_length=20, verbose_name='role')),
                ('reseller', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='tenants.reseller', verbose_name='reseller')),
                ('language', models.CharField(choices=[('fr', 'French'), ('en', 'English')], db_default='fr', default='fr', max_length=2, verbose_name='language')),
                ('letters', models.CharField(choices=[('daily', 'each morning, when there is something new'), ('at_once', 'each morning, and at once what fails or differs in Exact'), ('never', 'never')], db_default='daily', default='daily', max_length=10, verbose_name='letters')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended since')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='tenants_user_one_per_email', violation_error_message='A user with this e-mail address already exists. Choose another address.'), models.CheckConstraint(condition=models.Q(models.Q(('reseller__isnull', False), ('role__in', ('reseller_admin', 'reseller_staff'))), models.Q(models.Q(('role__in', ('reseller_admin', 'reseller_staff')), _negated=True), ('reseller', None)), _connector='OR'), name='tenants_user_belongs_where_its_role_says', violation_error_message="A reseller's people belong to a reseller, and nobody else does."), models.CheckConstraint(condition=models.Q(('role__in', ['support', 'reseller_admin', 'reseller_staff', 'accountant', 'merchant'])), name='tenants_user_role_known'), models.UniqueConstraint(fields=('id', 'role'), name='tenants_user_with_role'), models.CheckConstraint(condition=models.Q(('letters__in', ['daily', 'at_once', 'never'])), name='tenants_user_letters_known'), postgres.guards.Audited(name='tenants_user_audited', secret=('password',), silent=('last_login',)), postgres.seen.Seen(name='tenants_user_seen', reads={'clyo_accountant': "id = {person} OR reseller_id IN (SELECT reseller_id FROM tenants_tenant) OR id IN (SELECT user_id FROM tenants_membership) OR reseller_id IN (SELECT reseller_id FROM tenants_handover) OR role = 'support'", 'clyo_customer': "reseller_id = {reseller} OR id IN (SELECT user_id FROM tenants_membership) OR reseller_id IN (SELECT reseller_id FROM tenants_handover) OR role = 'support'", 'clyo_door': 'true', 'clyo_merchant': "id = {person} OR reseller_id IN (SELECT reseller_id FROM tenants_tenant) OR id IN (SELECT user_id FROM tenants_membership) OR reseller_id IN (SELECT reseller_id FROM tenants_handover) OR role = 'support'", 'clyo_reseller': "reseller_id = {reseller} OR id IN (SELECT user_id FROM tenants_membership) OR reseller_id IN (SELECT reseller_id FROM tenants_handover) OR role = 'support'", 'clyo_till': "reseller_id = {reseller} OR id IN (SELECT user_id FROM tenants_membership) OR reseller_id IN (SELECT reseller_id FROM tenants_handover) OR role = 'support'"}, writes={'clyo_accountant': 'id = {person} OR id = {behind} AND {behind} <> {person}', 'clyo_door': 'true', 'clyo_merchant': 'id = {person} OR id = {behind} AND {behind} <> {person}', 'clyo_reseller': 'reseller_id = {reseller} OR id = {behind} AND {behind} <> {person}'})],
            },
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reseller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tenants', to='tenants.reseller', verbose_name='reseller')),
                ('name', models.CharField(max_length=120, validators=[django.core.validators.RegexValidator('[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]', 'A name stands on one line, without tabs. Type it anew.', inverse_match=True)], verbose_name='legal name')),
                ('siren', models.CharField(blank=True, max_length=9, validators=[django.core.validators.RegexValidator('^[0-9]{9}\\Z', 'A SIREN has nine digits. Check the number.'), tenants.siren.check_siren], verbose_name='SIREN')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended since')),
                ('suspended_why', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why it is suspended')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('siren', ''), _negated=True), fields=('reseller', 'siren'), name='tenants_tenant_one_per_siren', violation_error_message='This reseller already has a customer with this SIREN. Check the number.'), models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='tenants_tenant_named_on_one_line'), models.CheckConstraint(condition=models.Q(('suspended_why', ''), ('suspended_at__isnull', False), _connector='OR'), name='tenants_tenant_why_while_suspended'), postgres.guards.Audited(name='tenants_tenant_audited', secret=(), silent=('reseller_id',)), postgres.seen.Seen(name='tenants_tenant_seen', reads={'clyo_accountant': 'id = ANY ({tenants}::bigint[])', 'clyo_customer': 'id = {tenant}', 'clyo_door': 'true', 'clyo_merchant': 'id = ANY ({tenants}::bigint[])', 'clyo_reseller': 'reseller_id = {reseller}', 'clyo_till': 'id = {tenant}'}, writes={'clyo_accountant': 'id = ANY ({tenants}::bigint[])', 'clyo_customer': 'id = {tenant}', 'clyo_reseller': 'reseller_id = {reseller}', 'clyo_till': 'id = {tenant}'})],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='tenants.tenant', verbose_name='customer')),
                ('role', models.CharField(choices=[('support', 'Support'), ('reseller_admin', 'Reseller administrator'), ('reseller_staff', 'Reseller staff'), ('accountant', 'Accountant'), ('merchant', "Restaurant's own people")], editable=False, max_length=20, verbose_name='role')),
                ('may_replace', models.BooleanField(default=False, help_text='Whether an accountant may replace entries in Exact by itself; else the reseller does.', verbose_name='may replace entries')),
                ('invited_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'access to a customer',
                'verbose_name_plural': 'accesses to customers',
                'ordering': ['user__email', 'tenant__name'],
                'constraints': [models.UniqueConstraint(fields=('user', 'tenant'), name='tenants_membership_once'), models.CheckConstraint(condition=models.Q(('role__in', ('accountant', 'merchant'))), name='tenants_membership_of_members_only'), models.CheckConstraint(condition=models.Q(('may_replace', False), ('role', 'accountant'), _connector='OR'), name='tenants_membership_only_accountants_replace'), postgres.guards.SameAs('user', 'role', name='tenants_membership_user_id_same_role'), postgres.guards.Unchanging('user_id', 'tenant_id', name='tenants_membership_unchanging'), postgres.guards.Audited(name='tenants_membership_audited', secret=(), silent=()), postgres.seen.Seen(name='tenants_membership_seen', reads={'clyo_accountant': 'user_id = {person} OR array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_customer': 'tenant_id = {tenant}', 'clyo_door': 'true', 'clyo_merchant': 'user_id = {person} OR array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)', 'clyo_till': 'tenant_id = {tenant}'}, writes={'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'})],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_name', models.CharField(max_length=120, verbose_name='handed over by')),
                ('to_name', models.CharField(max_length=120, verbose_name='handed over to')),
                ('by_name', models.CharField(max_length=120, verbose_name='by')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('notes_go_along', models.BooleanField(default=False, verbose_name='internal notes go along')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('reseller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='handed over by')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='handed over to')),
            ],
            options={
                'verbose_name': 'hand-over',
                'verbose_name_plural': 'hand-overs',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reseller', models.F('to')), _negated=True), name='tenants_handover_to_another'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='tenants_handover_says_why'), postgres.guards.OnlyAddedTo('DELETE', name='tenants_handover_only_added_to'), postgres.guards.OnlyMasked('why', name='tenants_handover_only_masked'), postgres.guards.NeverEmptied(name='tenants_handover_kept'), postgres.guards.Audited(name='tenants_handover_audited', secret=(), silent=('at',)), postgres.seen.Seen(name='tenants_handover_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_customer': 'tenant_id = {tenant}', 'clyo_merchant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'reseller_id = {reseller} OR tenant_id IN (SELECT id FROM tenants_tenant)', 'clyo_till': 'tenant_id = {tenant}'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='HandOverOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='offered to')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('notes_go_along', models.BooleanField(default=False, verbose_name='internal notes go along')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('expires_at', models.DateTimeField(verbose_name='until')),
                ('outcome', models.CharField(blank=True, choices=[('taken', 'taken'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('expired', 'not answered in time'), ('overtaken', 'handed over otherwise meanwhile')], default='', max_length=10, verbose_name='outcome')),
                ('looked_for_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('reseller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='offered by')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'customer offered',
                'verbose_name_plural': 'customers offered',
                'ordering': ['-at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('tenant',), name='tenants_offer_one_open'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'taken', 'declined', 'withdrawn', 'expired', 'overtaken'])), name='tenants_offer_outcome_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='tenants_offer_ended_says_how'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='tenants_offer_says_why'), postgres.guards.Moves('outcome', {'': ['declined', 'expired', 'overtaken', 'taken', 'withdrawn']}, name='tenants_handoveroffer_moves'), postgres.guards.Unchanging('tenant_id', 'reseller_id', 'email', 'by_id', 'why', 'notes_go_along', 'at', 'expires_at', masked=('email', 'why'), name='tenants_handoveroffer_unchanging', once=('looked_for_at', 'ended_at', 'ended_by_id')), postgres.guards.OnlyAddedTo('DELETE', name='tenants_handoveroffer_only_added_to'), postgres.guards.NeverEmptied(name='tenants_handoveroffer_kept'), postgres.guards.Audited(name='tenants_handoveroffer_audited', secret=('email',), silent=('at', 'looked_for_at')), postgres.seen.Seen(name='tenants_handoveroffer_seen', reads={'clyo_reseller': 'reseller_id = {reseller} AND tenant_id IN (SELECT id FROM tenants_tenant) OR id IN (SELECT offer_id FROM tenants_offerreceived)'}, writes={'clyo_reseller': 'reseller_id = {reseller} AND tenant_id IN (SELECT id FROM tenants_tenant)'})],
            },
        ),
        migrations.CreateModel(
            name='OfferReceived',
            fields=[
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='received', serialize=False, to='tenants.handoveroffer')),
                ('told_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reseller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller')),
            ],
            options={
                'constraints': [postgres.guards.Unchanging('offer_id', 'person_id', 'reseller_id', name='tenants_offerreceived_unchanging'), postgres.guards.OnlyAddedTo('DELETE', name='tenants_offerreceived_only_added_to'), postgres.guards.NeverEmptied(name='tenants_offerreceived_kept'), postgres.seen.Seen(name='tenants_offerreceived_seen', reads={'clyo_reseller': 'person_id = {person}'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('listed', models.CharField(help_text="The list's model: exports.storedclosing.", max_length=60)),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('asked', models.CharField(max_length=1500)),
                ('shared', models.BooleanField(db_default=False, default=False, verbose_name='shared with my colleagues')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'saved filter',
                'verbose_name_plural': 'saved filters',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('listed'), django.db.models.functions.text.Lower('name'), name='tenants_savedfilter_one_per_name'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('asked', ''), _negated=True)), name='tenants_savedfilter_asks_something'), postgres.guards.Unchanging('person_id', 'listed', 'asked', name='tenants_savedfilter_unchanging'), postgres.seen.Seen(name='tenants_savedfilter_seen', reads={'clyo_accountant': 'person_id = {person}', 'clyo_merchant': 'person_id = {person}', 'clyo_reseller': 'person_id = {person} OR (shared AND person_id IN (SELECT id FROM tenants_user WHERE reseller_id = {reseller}))'}, writes={'clyo_accountant': 'person_id = {person}', 'clyo_merchant': 'person_id = {person}', 'clyo_reseller': 'person_id = {person}'})],
            },
        ),
        migrations.CreateModel(
            name='Establishment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='establishments', to='tenants.tenant', verbose_name='customer')),
                ('code', models.CharField(help_text='Short name on every entry, e.g. PARIS01.', max_length=10, validators=[django.core.validators.RegexValidator('^[A-Z0-9]+$', 'Capital letters and digits only.')], verbose_name='code')),
                ('name', models.CharField(max_length=120, validators=[django.core.validators.RegexValidator('[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]', 'A name stands on one line, without tabs. Type it anew.', inverse_match=True)], verbose_name='name')),
                ('siret', models.CharField(blank=True, max_length=14, validators=[django.core.validators.RegexValidator('^[0-9]{14}\\Z', 'A SIRET has fourteen digits. Check the number.'), tenants.siren.check_siret], verbose_name='SIRET')),
                ('booked_level', models.CharField(choices=[('auto', 'automatic: the first closing that covers a ticket'), ('general', 'general closings'), ('station', 'station closings'), ('drawer', 'drawer closings')], default='auto', help_text='Leave it automatic unless you are asked which closings count.', max_length=10, verbose_name='what is booked')),
                ('contact_email', models.EmailField(blank=True, db_default='', help_text='Who links the establishment to Exact, and is told when the link ends.', max_length=254, verbose_name="contact's e-mail address")),
                ('opening_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')]), blank=True, help_text='Days a closing is expected on. Empty: learned from the last four weeks.', null=True, size=None, verbose_name='opening days')),
                ('time_zone', models.CharField(blank=True, choices=[('America/Guadeloupe', 'Guadeloupe'), ('America/Martinique', 'Martinique'), ('America/Cayenne', 'French Guiana'), ('Indian/Reunion', 'Réunion'), ('Indian/Mayotte', 'Mayotte'), ('America/Miquelon', 'Saint-Pierre and Miquelon')], db_default='', default='', help_text='Where it is by the clock; empty in metropolitan France. Its days begin and end there.', max_length=30, verbose_name='overseas')),
                ('books_from', models.DateField(editable=False, help_text='The first business date that goes to Exact; None: every one. What is before was booked by hand.', null=True, verbose_name='booked in Exact from')),
                ('reviews_left', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, help_text='While any are left, a person looks at each closing before it goes to Exact.', verbose_name='closings still to review')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended since')),
                ('suspended_why', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why it is suspended')),
                ('ended_on', models.DateField(editable=False, null=True, verbose_name='taken over on')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'establishment',
                'verbose_name_plural': 'establishments',
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'code'), name='tenants_establishment_one_per_code', violation_error_message='This customer already has an establishment with this code. Choose another code.'), models.UniqueConstraint(fields=('id', 'tenant'), name='tenants_establishment_with_tenant'), models.UniqueConstraint(fields=('id', 'booked_level'), name='tenants_establishment_with_level'), models.UniqueConstraint(fields=('id', 'books_from', 'reviews_left'), name='tenants_establishment_with_start'), models.UniqueConstraint(fields=('id', 'ended_on'), name='tenants_establishment_with_end'), models.CheckConstraint(condition=models.Q(('books_from', None), ('books_from__gte', datetime.date(2000, 1, 1)), _connector='OR'), name='tenants_establishment_start'), models.CheckConstraint(condition=models.Q(('reviews_left__lte', 50)), name='tenants_establishment_reviews_few'), models.CheckConstraint(condition=models.Q(('booked_level__in', ['auto', 'general', 'station', 'drawer'])), name='tenants_establishment_level_known'), models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='tenants_establishment_named_on_one_line'), models.CheckConstraint(condition=models.Q(('suspended_why', ''), ('suspended_at__isnull', False), _connector='OR'), name='tenants_establishment_why_while_suspended'), postgres.guards.Audited(name='tenants_establishment_audited', secret=(), silent=()), postgres.seen.Seen(name='tenants_establishment_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_customer': 'tenant_id = {tenant}', 'clyo_merchant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)', 'clyo_till': 'id = {establishment}'}, writes={'clyo_customer': 'tenant_id = {tenant}', 'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)', 'clyo_till': 'id = {establishment}'})],
            },
        ),
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='factor_resets', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('reseller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='reseller')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
            ],
            options={
                'verbose_name': 'reset of a second factor',
                'verbose_name_plural': 'resets of second factors',
                'ordering': ['-at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('user', models.F('by')), _negated=True), name='tenants_factorreset_by_another'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='tenants_factorreset_says_why'), postgres.guards.OnlyAddedTo('DELETE', name='tenants_factorreset_only_added_to'), postgres.guards.OnlyMasked('why', name='tenants_factorreset_only_masked'), postgres.guards.NeverEmptied(name='tenants_factorreset_kept'), postgres.guards.Audited(name='tenants_factorreset_audited', secret=(), silent=()), postgres.seen.Seen(name='tenants_factorreset_seen', reads={'clyo_reseller': 'reseller_id = {reseller}'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='LookThrough',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='support')),
                ('seen_as', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='in the view of')),
                ('reseller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller', verbose_name='reseller')),
                ('began_at', models.DateTimeField(auto_now_add=True, verbose_name='from')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='to')),
            ],
            options={
                'verbose_name': 'visit by support',
                'verbose_name_plural': 'visits by support',
                'ordering': ['-began_at'],
                'constraints': [postgres.guards.Unchanging('actor_id', 'seen_as_id', 'reseller_id', 'began_at', name='tenants_lookthrough_unchanging', once=('ended_at',)), postgres.guards.OnlyAddedTo('DELETE', name='tenants_lookthrough_only_added_to'), postgres.guards.NeverEmptied(name='tenants_lookthrough_kept'), postgres.seen.Seen(name='tenants_lookthrough_seen', reads={'clyo_accountant': 'seen_as_id = {person}', 'clyo_merchant': 'seen_as_id = {person}', 'clyo_reseller': 'reseller_id = {reseller} OR seen_as_id IN (SELECT user_id FROM tenants_membership)'}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='LogIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log_ins', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='log_in', to='sessions.session')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='address')),
                ('browser', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('began_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('seen_at', models.DateTimeField(verbose_name='last used')),
            ],
            options={
                'verbose_name': 'log-in',
                'verbose_name_plural': 'log-ins',
                'ordering': ['-seen_at'],
                'constraints': [postgres.seen.Seen(name='tenants_login_seen', reads={'clyo_accountant': 'user_id = {behind}', 'clyo_door': 'true', 'clyo_merchant': 'user_id = {behind}', 'clyo_reseller': "user_id = {behind} OR user_id IN (SELECT id FROM tenants_user WHERE NOT (role = 'support') AND (reseller_id IS NULL OR reseller_id = {reseller}))"}, writes={'clyo_accountant': 'user_id = {behind}', 'clyo_door': 'true', 'clyo_merchant': 'user_id = {behind}', 'clyo_reseller': "user_id = {behind} OR user_id IN (SELECT id FROM tenants_user WHERE NOT (role = 'support') AND (reseller_id IS NULL OR reseller_id = {reseller}))"})],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('seen_as', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='in the view of')),
                ('reseller', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.reseller', verbose_name='reseller')),
                ('tenant', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('table_name', models.CharField(max_length=63, verbose_name='kind')),
                ('row_id', models.CharField(max_length=40)),
                ('label', models.CharField(blank=True, max_length=200, verbose_name='what')),
                ('operation', models.CharField(choices=[('insert', 'newly made'), ('update', 'was changed'), ('delete', 'was deleted')], max_length=6, verbose_name='operation')),
                ('link', models.BigIntegerField(null=True, verbose_name='activation link')),
                ('letter', models.BigIntegerField(null=True, verbose_name='answer to a letter')),
                ('link_holder', models.CharField(blank=True, db_default='', default='', max_length=400, verbose_name='holder of the link')),
                ('before', models.JSONField(default=dict, verbose_name='before')),
                ('after', models.JSONField(default=dict, verbose_name='after')),
            ],
            options={
                'verbose_name': 'change',
                'verbose_name_plural': 'changes',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['-at', '-id'], name='tenants_change_newest'), models.Index(fields=['reseller', '-at'], name='tenants_change_of_reseller'), models.Index(fields=['table_name', 'row_id', '-at'], name='tenants_change_of_row')],
                'constraints': [postgres.guards.OnlyAddedTo('DELETE', name='tenants_change_only_added_to'), postgres.guards.OnlyMasked('label', 'before', 'after', 'link_holder', name='tenants_change_only_masked'), postgres.guards.NeverEmptied(name='tenants_change_kept'), postgres.seen.Seen(name='tenants_change_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': "reseller_id = {reseller} AND (tenant_id IS NULL OR table_name = 'tenants_handover' OR tenant_id <> ALL (ARRAY(SELECT tenant_id FROM tenants_handover WHERE tenant_id NOT IN (SELECT id FROM tenants_tenant)))) OR tenant_id = ANY (ARRAY(SELECT tenant_id FROM tenants_handover WHERE reseller_id <> {reseller}))"}, writes={})],
            },
        ),
        migrations.CreateModel(
            name='Till',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='tills', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tills', to='tenants.establishment', verbose_name='establishment')),
                ('name', models.CharField(help_text='e.g. Caisse bar', max_length=60, validators=[django.core.validators.RegexValidator('[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]', 'A name stands on one line, without tabs. Type it anew.', inverse_match=True)], verbose_name='name')),
                ('device', models.CharField(blank=True, editable=False, max_length=120, verbose_name='device')),
                ('software', models.CharField(blank=True, editable=False, max_length=60, verbose_name='software')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended since')),
                ('suspended_why', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='why it is suspended')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='put away since')),
                ('ended_why', models.CharField(blank=True, db_default='', default='', editable=False, max_length=200, verbose_name='why it was put away')),
                ('continues', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='continued_by', to='tenants.till', verbose_name='in place of')),
                ('paired_at', models.DateTimeField(editable=False, null=True, verbose_name='paired')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'till',
                'verbose_name_plural': 'tills',
                'ordering': ['establishment__code', 'name'],
                'constraints': [models.UniqueConstraint(fields=('establishment', 'name'), name='tenants_till_one_per_name', violation_error_message='This establishment already has a till with this name. Choose another name.'), models.UniqueConstraint(fields=('id', 'tenant'), name='tenants_till_with_tenant'), models.UniqueConstraint(fields=('id', 'establishment'), name='tenants_till_with_establishment'), models.CheckConstraint(condition=models.Q(('ended_why', ''), ('ended_at__isnull', False), _connector='OR'), name='tenants_till_why_while_ended'), models.CheckConstraint(condition=models.Q(('continues', models.F('id')), _negated=True), name='tenants_till_continues_another'), models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='tenants_till_named_on_one_line'), postgres.guards.SameTenant('establishment', name='tenants_till_establishment_id_same_tenant'), postgres.guards.SameAs('continues', 'establishment_id', name='tenants_till_continues_id_same_establishment_id'), models.CheckConstraint(condition=models.Q(('suspended_why', ''), ('suspended_at__isnull', False), _connector='OR'), name='tenants_till_why_while_suspended'), postgres.guards.Unchanging('tenant_id', 'establishment_id', name='tenants_till_unchanging'), postgres.guards.Audited(name='tenants_till_audited', secret=(), silent=()), postgres.seen.SeenByTenant(name='tenants_till_seen', shop=True, written_by=())],
            },
        ),
        migrations.CreateModel(
            name='TakeOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('former', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given_up', to='tenants.establishment', verbose_name='establishment')),
                ('successor', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='take_over', to='tenants.establishment', verbose_name='goes on as')),
                ('ended_on', models.DateField(null=True, verbose_name='from')),
                ('why', models.CharField(max_length=200, verbose_name='why')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='said on')),
            ],
            options={
                'verbose_name': 'establishment taken over',
                'verbose_name_plural': 'establishments taken over',
                'ordering': ['-at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on__isnull', False)), fields=('former',), name='tenants_takeover_one_in_force'), models.CheckConstraint(condition=models.Q(('former__lt', models.F('successor'))), name='tenants_takeover_by_a_later_one'), postgres.guards.SameTenant('former', name='tenants_takeover_former_id_same_tenant'), postgres.guards.SameAs('former', 'ended_on', name='tenants_takeover_former_id_same_ended_on'), postgres.guards.Unchanging('former_id', 'successor_id', 'by_id', 'at', name='tenants_takeover_unchanging'), postgres.guards.Audited(name='tenants_takeover_audited', secret=(), silent=()), postgres.seen.Seen(name='tenants_takeover_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_merchant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'former_id IN (SELECT id FROM tenants_establishment) OR successor_id IN (SELECT id FROM tenants_establishment)'}, writes={'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'})],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='customer')),
                ('establishment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment', verbose_name='establishment')),
                ('closing_id', models.UUIDField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('text', models.TextField(max_length=2000, verbose_name='note')),
                ('written_at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['-written_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('closing_id__isnull', False)), fields=['closing_id'], name='tenants_note_of_closing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='tenants_note_says_something'), models.CheckConstraint(condition=models.Q(('closing_id', None), ('establishment__isnull', False), _connector='OR'), name='tenants_note_closing_has_shop'), postgres.guards.SameTenant('establishment', name='tenants_note_establishment_id_same_tenant'), postgres.guards.OnlyAddedTo('DELETE', name='tenants_note_only_added_to'), postgres.guards.OnlyMasked('text', name='tenants_note_only_masked'), postgres.guards.NeverEmptied(name='tenants_note_kept'), postgres.guards.Audited(name='tenants_note_audited', secret=('text',), silent=()), postgres.seen.Seen(name='tenants_note_seen', reads={'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant) AND (author_id IN (SELECT id FROM tenants_user WHERE reseller_id = {reseller}) OR COALESCE((SELECT given.notes_go_along FROM tenants_handover AS given JOIN tenants_user AS writer ON writer.reseller_id = given.reseller_id WHERE given.tenant_id = tenants_note.tenant_id AND writer.id = tenants_note.author_id ORDER BY given.id DESC LIMIT 1), true))'}, writes={'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'})],
            },
        ),
        migrations.CreateModel(
            name='MovedTill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('former', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till')),
                ('till', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='moved_from', to='tenants.till')),
            ],
            options={
                'constraints': [postgres.guards.SameTenant('former', name='tenants_movedtill_former_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='tenants_movedtill_only_added_to'), postgres.seen.Seen(name='tenants_movedtill_seen', reads={'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'}, writes={'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)'})],
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(verbose_name='from')),
                ('ended_at', models.DateTimeField(verbose_name='to')),
                ('establishment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.establishment')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('till', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.till')),
            ],
            options={
                'verbose_name': 'suspension that is over',
                'verbose_name_plural': 'suspensions that are over',
                'ordering': ['began_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__gte', models.F('began_at'))), name='tenants_suspension_ends_after'), models.CheckConstraint(condition=models.Q(('till', None), ('establishment__isnull', False), _connector='OR'), name='tenants_suspension_of_till_has_shop'), postgres.guards.SameTenant('establishment', name='tenants_suspension_establishment_id_same_tenant'), postgres.guards.SameTenant('till', name='tenants_suspension_till_id_same_tenant'), postgres.guards.OnlyAddedTo('UPDATE', 'DELETE', name='tenants_suspension_only_added_to'), postgres.guards.NeverEmptied(name='tenants_suspension_kept'), postgres.seen.Seen(name='tenants_suspension_seen', reads={'clyo_accountant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_customer': 'tenant_id = {tenant}', 'clyo_merchant': 'array_position({tenants}::bigint[], tenant_id) IS NOT NULL', 'clyo_reseller': 'tenant_id IN (SELECT id FROM tenants_tenant)', 'clyo_till': 'tenant_id = {tenant}'}, writes={})],
            },
        ),
    ]
