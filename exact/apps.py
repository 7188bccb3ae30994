"""Exact Online as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExactConfig(AppConfig):
    name = "exact"
    verbose_name = _("Exact Online")

    def ready(self) -> None:
        """Have the audit say in words what is wrong with settings, and leave out what only Exact's programs say. And
        say what ends with a hand-over."""
        from exact.activation.handed_over import LINKS
        from exact.change_words import tell_language, tell_nothing, tell_problems
        from tenants.change_words import tell_with
        from tenants.handing_over import ends_with_hand_over

        ends_with_hand_over(LINKS)

        tell_with("exact_activation", "problems", tell_problems)
        tell_with("exact_connection", "problem", tell_nothing)
        tell_with("exact_connection", "user_language", tell_language)
