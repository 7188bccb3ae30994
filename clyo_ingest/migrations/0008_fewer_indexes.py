from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from tenants.indexes import without_index


class Migration(migrations.Migration):
    atomic = False  # beside the running service

    dependencies = [("clyo_ingest", "0007_newest_pushes"), ("tenants", "0008_links_and_no_truncate")]

    operations = [
        AddIndexConcurrently("push", models.Index(fields=["closing"], condition=models.Q(closing__isnull=False), name="clyo_ingest_push_repeats")),
        without_index("clyo_ingest", "push", "closing", "clyo_ingest_push_closing_id_cf98c0ed", models.ForeignKey(on_delete=models.PROTECT, to="clyo_ingest.closing", null=True, related_name="repeats", db_index=False, verbose_name="closing")),
        without_index("clyo_ingest", "closing", "tenant", "clyo_ingest_closing_tenant_id_3e9ba04e", models.ForeignKey(on_delete=models.PROTECT, to="tenants.tenant", related_name="+", db_index=False)),
        without_index("clyo_ingest", "closing", "till", "clyo_ingest_closing_till_id_2636641b", models.ForeignKey(on_delete=models.PROTECT, to="tenants.till", related_name="closings", db_index=False)),
        without_index("clyo_ingest", "coveredtickets", "tenant", "clyo_ingest_coveredtickets_tenant_id_f69a72d4", models.ForeignKey(on_delete=models.PROTECT, to="tenants.tenant", related_name="+", db_index=False)),
        without_index("clyo_ingest", "coveredtickets", "establishment", "clyo_ingest_coveredtickets_establishment_id_d63a362f", models.ForeignKey(on_delete=models.PROTECT, to="tenants.establishment", related_name="+", db_index=False)),
    ]
