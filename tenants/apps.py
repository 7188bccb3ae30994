"""Resellers, customers and people as a Django app, with the trail of who looked through whose eyes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Every look through another's eyes leaves a trail."""
        from hijack.signals import hijack_ended, hijack_started

        from tenants.acting import note_begin, note_end

        hijack_started.connect(note_begin, dispatch_uid="tenants.note_begin")
        hijack_ended.connect(note_end, dispatch_uid="tenants.note_end")
