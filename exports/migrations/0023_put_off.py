from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0022_validated_entries'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='put_off_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='export',
            name='put_off_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='repostitem',
            name='put_off_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='repostitem',
            name='put_off_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
