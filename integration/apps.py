from importlib import import_module

from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "integration"

    def ready(self) -> None:
        """Make our Celery app the current one in every process: the web tier sends nudges too."""
        import_module("integration.celery")
