"""What waits for a person, and the letters about it, as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConcernsConfig(AppConfig):
    name = "concerns"
    verbose_name = _("What waits for a person")

    def ready(self) -> None:
        """Say what ends when a customer is handed over: the room below does not know this one."""
        from concerns.letters.handed_over import ANSWERS, LETTERS
        from tenants.handing_over import ends_with_hand_over

        ends_with_hand_over(ANSWERS, LETTERS)
