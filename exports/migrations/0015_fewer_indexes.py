from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from tenants.indexes import without_index


class Migration(migrations.Migration):
    atomic = False  # beside the running service

    dependencies = [("exports", "0014_state_follows_postings"), ("tenants", "0008_links_and_no_truncate")]

    operations = [
        AddIndexConcurrently("exportevent", models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="exports_event_of_a_person")),
        RemoveIndexConcurrently("export", "exports_by_shop_and_day"),
        without_index("exports", "export", "tenant", "exports_export_tenant_id_0fae6131", models.ForeignKey(on_delete=models.PROTECT, to="tenants.tenant", related_name="+", db_index=False, verbose_name="customer")),
        without_index("exports", "export", "establishment", "exports_export_establishment_id_bc7cd43c", models.ForeignKey(on_delete=models.PROTECT, to="tenants.establishment", related_name="+", db_index=False, verbose_name="establishment")),
        without_index("exports", "exportevent", "tenant", "exports_exportevent_tenant_id_15a2e6f5", models.ForeignKey(on_delete=models.PROTECT, to="tenants.tenant", related_name="+", db_index=False)),
        without_index("exports", "exportevent", "actor", "exports_exportevent_actor_id_0a0fe99c", models.ForeignKey(on_delete=models.PROTECT, to=settings.AUTH_USER_MODEL, null=True, related_name="+", db_index=False)),
    ]
