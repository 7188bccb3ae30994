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
            digest='97bdb0a3cb58394d',
        ),
        postgres.in_force.Install(
            name='exact_lane_enter',
            digest='45c1923a50aa8232',
        ),
        postgres.in_force.Install(
            name='exact_lane_step',
            digest='2a4cd47387c87582',
        ),
        postgres.in_force.Install(
            name='exact_lanes_at_work',
            digest='9a26c058d637fb5a',
        ),
    ]
