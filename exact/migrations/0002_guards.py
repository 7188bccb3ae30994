import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exact', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='exact_notice_past',
            digest='19ae77d22ecc41f4',
        ),
        postgres.in_force.Install(
            name='exact_lane_next',
            digest='76a48cbe08b23256',
        ),
        postgres.in_force.Install(
            name='exact_lane_enter',
            digest='45c1923a50aa8232',
        ),
        postgres.in_force.Install(
            name='exact_lane_step',
            digest='c8382965de7b0671',
        ),
        postgres.in_force.Install(
            name='exact_lanes_at_work',
            digest='2b70c7e6e63bbfa8',
        ),
    ]
