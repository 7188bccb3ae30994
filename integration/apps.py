from importlib import import_module

from django.apps import AppConfig
from django.contrib import admin


class IntegrationConfig(AppConfig):
    name = "integration"

    def ready(self) -> None:
        """Make our Celery app the current one in every process (the web tier sends nudges too); set the first page."""
        import_module("integration.celery")
        admin.site.index_template = "console/home.html"
