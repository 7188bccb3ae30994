from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0009_overseas'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='letters',
            field=models.CharField(choices=[('daily', 'each morning, when there is something new'), ('at_once', 'each morning, and at once what fails or differs in Exact'), ('never', 'never')], db_default='daily', default='daily', max_length=10, verbose_name='letters'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('letters__in', ['daily', 'at_once', 'never'])), name='tenants_user_letters_known'),
        ),
    ]
