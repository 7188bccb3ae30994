"""What people read of a column that names another row: the kind of that row ("establishment", "customer").

Django would say the name of the attribute in the code. Told once here instead of at each of some fifty columns.
"""

from django.apps import apps
from django.db.models import Field

from integration.rooms import APPS


def name_relations() -> None:
    """Give each relation of our models that has no name for people the name of the model it leads to."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                related = field.related_model
                if isinstance(field, Field) and field._verbose_name is None and isinstance(related, type):  # type: ignore[attr-defined]
                    field.verbose_name = related._meta.verbose_name  # type: ignore[assignment]
