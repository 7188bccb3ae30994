"""The tills' door as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClyoIngestConfig(AppConfig):
    name = "clyo_ingest"
    verbose_name = _("Tills")

    def ready(self) -> None:
        """Register the way out "corrected version" with `exports`, which may not import this room; and tell the audit
        which rows tills write, and the hand-over of a customer what ends with it."""
        from clyo_ingest.correction_pages import hang
        from clyo_ingest.handed_over import CODES
        from tenants.change_words import written_by_tills
        from tenants.handing_over import ends_with_hand_over

        hang()
        ends_with_hand_over(CODES)
        written_by_tills("clyo_ingest_tillkey")
        written_by_tills("clyo_ingest_pairingcode", "used_at")
