"""The project as a Django app: its Celery app, its first page, and how requests are read."""

from functools import partial
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.utils.functional import SimpleLazyObject

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
        _list_models_when_asked(admin.site)


def _list_models_when_asked(site: admin.AdminSite) -> None:
    """Django gives every page a list of all models and what the person may do with each. Our menu is another one."""
    list_models = site.get_app_list

    def when_asked(*asked: Any, **options: Any) -> Any:
        return SimpleLazyObject(partial(list_models, *asked, **options))

    site.get_app_list = when_asked  # type: ignore[method-assign]
