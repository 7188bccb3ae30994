from django.db import migrations

from tenants.integrity import same_tenant


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [same_tenant("tenants_till", "establishment_id", "tenants_establishment")]
