from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0010_letters'),
    ]

    operations = [
        migrations.AlterField(
            model_name='establishment',
            name='booked_level',
            field=models.CharField(choices=[('auto', 'automatic: the first closing that covers a ticket'), ('general', 'general closings'), ('station', 'station closings'), ('drawer', 'drawer closings')], default='auto', help_text='Leave it automatic unless you are asked which closings count.', max_length=10, verbose_name='what is booked'),
        ),
        migrations.AddConstraint(
            model_name='establishment',
            constraint=models.UniqueConstraint(fields=('id', 'booked_level'), name='tenants_establishment_with_level'),
        ),
        migrations.AddConstraint(
            model_name='establishment',
            constraint=models.CheckConstraint(condition=models.Q(('booked_level__in', ['auto', 'general', 'station', 'drawer'])), name='tenants_establishment_level_known'),
        ),
    ]
