from django.db import migrations, models

from tenants.audit import audited

# That a loop left a row alone is no change of anything.
PUT_OFF = ["put_off_until", "put_off_count"]


class Migration(migrations.Migration):

    dependencies = [
        ('exact', '0025_the_databases_clock'),
    ]

    operations = [
        migrations.AddField(
            model_name='activation',
            name='put_off_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='activation',
            name='put_off_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='put_off_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='connection',
            name='put_off_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='division',
            name='put_off_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='division',
            name='put_off_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL("DROP TRIGGER exact_activation_audited ON exact_activation", migrations.RunSQL.noop),
        audited("exact_activation", silent=["checked_at", "activated_at", *PUT_OFF]),
        migrations.RunSQL("DROP TRIGGER exact_connection_audited ON exact_connection", migrations.RunSQL.noop),
        audited(
            "exact_connection",
            silent=["access_token", "refresh_token", "access_issued_at", "access_expires_at", "told_at", *PUT_OFF],
        ),
    ]
