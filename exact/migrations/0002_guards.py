import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exact', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='exact_lane_next',
            digest='1a46239046d3f195',
        ),
        postgres.in_force.Install(
            name='exact_lane_enter',
            digest='b005343c91b8e26d',
        ),
        postgres.in_force.Install(
            name='exact_lane_step',
            digest='73945857c1e81e79',
        ),
    ]
