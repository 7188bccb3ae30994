"""The project as a Django app: its Celery app, its first page, and how requests are read."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib import admin

from integration.encoding import read_everything_as_utf_8
from integration.field_names import name_relations


class IntegrationConfig(AppConfig):
    name = "integration"

    def ready(self) -> None:
        """Make our Celery app the current one in every process (the web tier sends nudges too); set the first page.

        And have every request read as UTF-8, in tests and live servers alike.
        """
        import_module("integration.celery")
        read_everything_as_utf_8()
        name_relations()
        admin.site.index_template = "console/home.html"
