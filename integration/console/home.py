"""The console's first page: last night in one look."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.models import Export, ExportState
from integration.console import links
from integration.console.chart import last_days
from integration.console.night import lapsing_connections, night_of, paused_lanes, silent_tills
from integration.console.set_up.progress import being_set_up
from tenants.models import User
from tenants.scope import visible_to

SHOWN = 30
SET_UPS_SHOWN = 5
# Why a lane stands still, as `exact.lane` writes it down.
PAUSES = {
    "rate_limited": _("Exact's call limit is reached; it goes on by itself."),
    "reconnect_required": _("The customer must link Exact Online again."),
    "unavailable": _("Exact does not answer; it tries again by itself."),
    "settling": _("An outcome is unknown; it is looked up in Exact before anything is sent."),
    "refused": _("Exact refused a call nobody expected; support looks."),
}
COLUMN_TITLES = {
    "received": _("Received"),
    "exported": _("Exported"),
    "moving": _("On its way"),
    "waiting": _("Waiting for activation"),
    "held": _("Held"),
    "failed": _("Failed"),
}


def last_business_day(request: HttpRequest) -> date:
    """The night people ask about: `?day=2026-03-14`, else yesterday's."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate() - timedelta(days=1)


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows (unfold's `DASHBOARD_CALLBACK`)."""
    user = request.user
    assert isinstance(user, User)
    day, now = last_business_day(request), timezone.now()
    night = night_of(user, day)
    silent = [*silent_tills(user, day)[: SHOWN + 1]]
    return {
        **context,
        "day": day,
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1) if day < timezone.localdate() else None,
        "figures": [(figure, COLUMN_TITLES[figure.column]) for figure in night.total.figures(day)],
        "column_titles": [*COLUMN_TITLES.values()],
        "lines": [(line, line.figures(day)) for line in night.lines],
        "more_lines": night.more,
        "by_reseller": user.is_support,
        "silent": silent[:SHOWN],
        "more_silent": len(silent) > SHOWN,
        "lanes": [(lane, PAUSES.get(lane.pause_code, lane.pause_detail)) for lane in paused_lanes(user, now)[:SHOWN]],
        "lapses": lapsing_connections(user, now),
        "columns": last_days(user, day),
        "set_ups": being_set_up(user)[:SET_UPS_SHOWN],
        "may_set_up": user.has_perm("tenants.add_tenant"),
        "to_mend": to_mend(user),
        "to_mend_address": links.closings(state="attention"),
    }


def to_mend(user: User) -> Mapping[str, int]:
    """How many closings of any day wait for a person, by state."""
    rows = visible_to(user, Export.objects.filter(state__in=[ExportState.HELD, ExportState.FAILED])).order_by()
    return dict(rows.values_list("state").annotate(n=Count("*")))
