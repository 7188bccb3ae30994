import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exact', '0001_initial'),
    ]

    operations = [
        postgres.in_force.Install(
            name='exact_notice_past',
            digest='f424ce9807ddf5f2',
        ),
        postgres.in_force.Install(
            name='exact_lane_next',
            digest='5ea70f01f65ebceb',
        ),
        postgres.in_force.Install(
            name='exact_lane_enter',
            digest='3dff5a400675f2b9',
        ),
        postgres.in_force.Install(
            name='exact_lane_step',
            digest='04648a8cf2303f7b',
        ),
        postgres.in_force.Install(
            name='exact_lanes_at_work',
            digest='8fcb5bc4b81c60ad',
        ),
    ]
