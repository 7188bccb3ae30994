"""Closings on their way as a Django app; what waits is told when it may go on."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        """Hear when something in the room below may go on: it does not know who waits for it. And say what
        ends with a hand-over, and what must be over first."""
        from exact.signals import may_go_on
        from exports.reposts.handed_over import ASSIGNMENTS, ask_for_runs, say_what_waits
        from tenants.handing_over import ends_with_hand_over, keeps_from_hand_over
        from tenants.offering import tell_what_waits

        ends_with_hand_over(ASSIGNMENTS)
        keeps_from_hand_over(ask_for_runs)
        tell_what_waits(say_what_waits)
        may_go_on.connect(_go_on, dispatch_uid="exports")


def _go_on(division_id: int, **_: Any) -> None:
    from exports.nudge import nudge_lane, nudge_release

    nudge_release()
    nudge_lane(division_id)
