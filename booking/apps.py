"""An establishment's booking settings as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("Booking")

    def ready(self) -> None:
        """Have the audit say a mapping's settings by their names, and whose its documents are."""
        from booking.history import sent_then, tell_people, tell_till
        from tenants.change_words import tell_beside, tell_with, written_by_tills

        tell_beside("booking_mapping", "overrides", tell_people, sent_then)
        tell_with("booking_mapping", "parameters", tell_till)
        written_by_tills("booking_mapping", "parameters")
