from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from tenants.indexes import without_index


class Migration(migrations.Migration):
    atomic = False  # beside the running service

    dependencies = [("exact", "0016_lane_steps"), ("tenants", "0008_links_and_no_truncate")]

    operations = [
        AddIndexConcurrently("posting", models.Index(fields=["reverses"], condition=models.Q(reverses__isnull=False), name="exact_posting_reverses")),
        AddIndexConcurrently("posting", models.Index(fields=["after"], condition=models.Q(after__isnull=False), name="exact_posting_after")),
        AddIndexConcurrently("postingevent", models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="exact_posting_event_person")),
        without_index("exact", "posting", "tenant", "exact_posting_tenant_id_706aeb95", models.ForeignKey(on_delete=models.PROTECT, to="tenants.tenant", related_name="+", db_index=False, verbose_name="customer")),
        without_index("exact", "posting", "reverses", "exact_posting_reverses_id_25c4cddf", models.ForeignKey(on_delete=models.PROTECT, to="exact.posting", null=True, related_name="+", db_index=False, verbose_name="reverses")),
        without_index("exact", "posting", "after", "exact_posting_after_id_08c66c6b", models.ForeignKey(on_delete=models.PROTECT, to="exact.posting", null=True, related_name="+", db_index=False, help_text="Sent only once that one stands in Exact.")),
        without_index("exact", "postingevent", "tenant", "exact_postingevent_tenant_id_4b4fbf85", models.ForeignKey(on_delete=models.PROTECT, to="tenants.tenant", related_name="+", db_index=False)),
        without_index("exact", "postingevent", "actor", "exact_postingevent_actor_id_40ea45db", models.ForeignKey(on_delete=models.PROTECT, to=settings.AUTH_USER_MODEL, null=True, related_name="+", db_index=False)),
    ]
