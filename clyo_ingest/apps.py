"""The tills' door as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClyoIngestConfig(AppConfig):
    name = "clyo_ingest"
    verbose_name = _("Tills")

    def ready(self) -> None:
        """Register the way out "corrected version" with `exports`, which may not import this room; and tell the audit
        which rows tills write."""
        from clyo_ingest.correction_pages import hang
        from tenants.change_words import written_by_tills

        hang()
        written_by_tills("clyo_ingest_tillkey")
        written_by_tills("clyo_ingest_pairingcode", "used_at")
