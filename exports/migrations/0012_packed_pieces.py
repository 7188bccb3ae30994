from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0011_indexes_of_a_reseller'),
    ]

    operations = [
        migrations.AddField(
            model_name='filepiece',
            name='packed',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
