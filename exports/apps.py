"""Closings on their way as a Django app; what waits is told when it may go on."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        """Hear when something in the room below may go on: it does not know who waits for it."""
        from exact.signals import may_go_on

        may_go_on.connect(_go_on, dispatch_uid="exports")


def _go_on(division_id: int, **_: Any) -> None:
    from exports.nudge import nudge_lane, nudge_release

    nudge_release()
    nudge_lane(division_id)
