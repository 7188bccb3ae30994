import postgres.in_force
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('on_demand', '0001_initial'),
    ]

    operations = [
        # A first fiscal year may last up to 24 months (C. com. L123-12); Django has no words for months.
        migrations.RunSQL(
            "ALTER TABLE on_demand_bookyear ADD CONSTRAINT on_demand_bookyear_two_years_at_most "
            "CHECK (last_day < first_day + interval '2 years')"
        ),
        postgres.in_force.Install(
            name='on_demand_bookyear_guard',
            digest='56a8ad57cc2bede9',
        ),
        postgres.in_force.Install(
            name='on_demand_siren_stays',
            digest='8af2f22ddc969c4b',
        ),
    ]
