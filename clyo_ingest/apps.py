"""The tills' door as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClyoIngestConfig(AppConfig):
    name = "clyo_ingest"
    verbose_name = _("Tills")

    def ready(self) -> None:
        """Offer the corrected version of a closing on its page: the room of closings does not know this one."""
        from clyo_ingest.correction_pages import hang

        hang()
