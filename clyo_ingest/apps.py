"""The tills' door as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClyoIngestConfig(AppConfig):
    name = "clyo_ingest"
    verbose_name = _("Tills")
