"""The console's first page: last night in one look."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concerns.found import concerns_of
from exact.lane.pauses import why_paused
from exports.console import links
from exports.console.compared import compared, compared_words
from exports.console.findings_page import open_findings
from exports.coverage.silent import silent_tills
from exports.models import ClosingState, StoredClosing
from integration.console.chart import last_days
from integration.console.night import night_of, paused_lanes
from integration.console.set_up.progress import being_set_up
from ledger import texts
from tenants.models import User
from tenants.scope import visible_to
from tenants.viewpoint import Scope

SHOWN = 30
CONCERNS_SHOWN = 12
# The first page reads the newest of each kind; the lists it leads to have them all.
CONCERNS_READ = 100
SET_UPS_SHOWN = 5
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
        return texts.day(request.GET.get("day", ""))
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
        "lanes": [(lane, why_paused(lane)) for lane in paused_lanes(user, now)[:SHOWN]],
        "columns": last_days(user, day),
        "set_ups": being_set_up(user)[:SET_UPS_SHOWN],
        "may_set_up": user.has_perm("tenants.add_tenant"),
        **to_know(user),
    }


def to_know(user: User) -> dict[str, Any]:
    """What waits for a person, of any day: how many, the most urgent one by one, and what was compared with Exact."""
    scope = Scope(user=user, read_max=CONCERNS_READ)
    concerns, looked_at, differing = concerns_of(scope), compared(scope), open_findings(user)
    return {
        "concerns": concerns[:CONCERNS_SHOWN],
        "more_concerns": len(concerns) > CONCERNS_SHOWN,
        "to_mend": to_mend(user, differing),
        "to_mend_address": links.closings(state="attention"),
        "differences": differing,
        "differences_address": links.findings(),
        "compared": looked_at,
        "compared_words": compared_words(looked_at),
    }


def to_mend(user: User, differing: int) -> list[str]:
    """How many closings of any day failed or are held, and how many entries differ in Exact, each in words."""
    rows = visible_to(user, StoredClosing.objects.filter(state__in=[ClosingState.HELD, ClosingState.FAILED])).order_by()
    of_state = dict(rows.values_list("state").annotate(n=Count("*")))
    failed, held = of_state.get(ClosingState.FAILED, 0), of_state.get(ClosingState.HELD, 0)
    return [
        words.format(count=count)
        for count, words in (
            (failed, ngettext("{count} failed closing", "{count} failed closings", failed)),
            (held, ngettext("{count} held closing", "{count} held closings", held)),
            (differing, ngettext("{count} entry differs in Exact", "{count} entries differ in Exact", differing)),
        )
        if count
    ]
