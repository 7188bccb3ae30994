"""Exact Online as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExactConfig(AppConfig):
    name = "exact"
    verbose_name = _("Exact Online")
