import django.db.models.deletion
from django.db import migrations, models

from tenants.integrity import same_tenant


class Migration(migrations.Migration):
    dependencies = [("exact", "0007_activation_links"), ("exports", "0005_postings_know_their_establishment")]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="establishment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.establishment",
            ),
        ),
        same_tenant("exact_posting", "establishment_id", "tenants_establishment"),
        same_tenant("exact_activationlink", "establishment_id", "tenants_establishment"),
        same_tenant("exact_activationlink", "connection_id", "exact_connection"),
        same_tenant("exact_activationlink", "division_id", "exact_division"),
        same_tenant("exact_activationevent", "establishment_id", "tenants_establishment"),
        same_tenant("exact_activationevent", "division_id", "exact_division"),
    ]
