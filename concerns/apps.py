"""What waits for a person, and the letters about it, as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConcernsConfig(AppConfig):
    name = "concerns"
    verbose_name = _("What waits for a person")
