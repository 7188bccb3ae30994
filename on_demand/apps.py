"""The export on demand as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnDemandConfig(AppConfig):
    name = "on_demand"
    verbose_name = _("Exports on demand")

    def ready(self) -> None:
        """Tell the rooms below what stands in a delivered file, and what was numbered, and hear when somebody's access
        ends or a customer is handed over, and have the audit say file settings in words: they do not know this one."""
        from exports.coverage.other_books import ask_also
        from on_demand.change_words import tell_options
        from on_demand.delivered import standing_in_files
        from on_demand.handed_over import MAILS, MONTHLY
        from on_demand.monthly import stop_orders_of
        from on_demand.numbers import has_numbers
        from tenants import siren
        from tenants.change_words import tell_with
        from tenants.handing_over import ends_with_hand_over
        from tenants.invitation import access_ended

        ask_also(standing_in_files)
        siren.ask_also(has_numbers)
        tell_with("on_demand_filesettings", "options", tell_options)
        ends_with_hand_over(MONTHLY, MAILS)
        access_ended.connect(stop_orders_of, dispatch_uid="on_demand")
