import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tenants.audit import audited


class Migration(migrations.Migration):
    dependencies = [("clyo_ingest", "0004_indexes_of_the_console"), ("tenants", "0007_audit_log_ins_language")]

    operations = [
        audited("clyo_ingest_tillkey", silent=["digest", "last_used_at"]),
        audited("clyo_ingest_pairingcode", silent=["digest"]),
        # Names only, for who reads the audit.
        migrations.AlterModelOptions(
            name='pairingcode',
            options={'ordering': ['-created_at'], 'verbose_name': 'pairing code', 'verbose_name_plural': 'pairing codes'},
        ),
        migrations.AlterField(
            model_name='pairingcode',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='made'),
        ),
        migrations.AlterField(
            model_name='pairingcode',
            name='expires_at',
            field=models.DateTimeField(verbose_name='valid until'),
        ),
        migrations.AlterField(
            model_name='pairingcode',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AlterField(
            model_name='pairingcode',
            name='till',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairing_codes', to='tenants.till', verbose_name='till'),
        ),
        migrations.AlterField(
            model_name='pairingcode',
            name='used_at',
            field=models.DateTimeField(null=True, verbose_name='used'),
        ),
    ]
