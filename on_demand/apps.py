"""The export on demand as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnDemandConfig(AppConfig):
    name = "on_demand"
    verbose_name = _("Exports on demand")

    def ready(self) -> None:
        """Tell the room below which closings stand in a delivered file: it does not know this one."""
        from exports.coverage.elsewhere import ask_also
        from on_demand.delivered import standing_in_files

        ask_also(standing_in_files)
