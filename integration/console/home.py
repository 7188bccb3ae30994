"""The console's first page: last night in one look."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerns.condition import Condition, ShopCondition, counted_by_shop, shops_in_trouble
from concerns.found import concerns_of
from concerns.tills import say_silence, stopped_by
from exact.lane.pauses import stands_until, why_paused
from exports.console import links
from exports.console.compared import compared, compared_words
from exports.console.findings_page import tell_menu
from integration.console.chart import TITLES, last_days
from integration.console.first_steps import first_steps
from integration.console.menu_count import remember_to_mend
from integration.console.night import night_of, paused_lanes
from integration.console.places.own import own_shops
from integration.console.set_up.progress import being_set_up
from ledger import texts
from tenants.filter_values import warn_of_unreadable
from tenants.models import Establishment, Role, User
from tenants.offering import received_by
from tenants.scope import visible_to
from tenants.viewpoint import Scope

SHOWN = 30
AWAITED_SHOWN = 12
CONCERNS_SHOWN = 12
# How many closings of each kind the first page reads, the newest ones; the linked lists have them all.
CONCERNS_READ = 100
SET_UPS_SHOWN = 5
TROUBLED_SHOWN = 12


def last_business_day(request: HttpRequest) -> date:
    """The night to show: `?day=2026-03-14`, else yesterday's."""
    try:
        return texts.day(request.GET.get("day", ""))
    except ValueError:
        warn_of_unreadable(request, "day", _("day"))
        return timezone.localdate() - timedelta(days=1)


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows (unfold's `DASHBOARD_CALLBACK`)."""
    user = request.user
    assert isinstance(user, User)
    if user.role == Role.MERCHANT:
        return {**context, **own_shops(request, user)}
    day, now = last_business_day(request), timezone.now()
    scope = Scope(user=user, read_max=CONCERNS_READ)
    known = to_know(scope)
    tell_menu(request, known["differing"])
    night = night_of(user, day, known["stand"])
    silent, awaited = stopped_by(scope, day, SHOWN + 1)
    chart = last_days(user, day)
    return {
        **context,
        "day": day,
        **ways_to_other_days(day),
        "figures": [(figure, TITLES[figure.column]) for figure in night.total.figures(day, chart.told)],
        "column_titles": [TITLES[column] for column in ("received", *chart.told)],
        "lines": [(line, [(it, TITLES[it.column]) for it in line.figures(day, chart.told)]) for line in night.lines],
        "more_lines": night.more,
        "by_reseller": user.is_support,
        "silent": [(it, say_silence(it)) for it in silent[:SHOWN]],
        "nothing_came": not night.total.counts["received"],
        "more_silent": len(silent) > SHOWN,
        "awaited": awaited[:AWAITED_SHOWN],
        "more_awaited": len(awaited) > AWAITED_SHOWN,
        "lanes": [(lane, why_paused(lane), stands_until(lane)) for lane in paused_lanes(user, now)[:SHOWN]],
        "chart": chart,
        "columns": chart.columns,
        "offered": received_by(user),
        "set_ups": being_set_up(user)[:SET_UPS_SHOWN],
        "may_set_up": user.has_perm("tenants.add_tenant"),
        "may_repost": user.has_perm("exports.repost_storedclosing"),
        "steps": [] if night.total.counts["received"] or known["concerns"] else first_steps(user),
        **known,
    }


def ways_to_other_days(day: date) -> dict[str, date | None]:
    """The links to the days, weeks and months around the shown day; none to the future."""
    today = timezone.localdate()
    month_before = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    month_after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return {
        "today": today,
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1) if day < today else None,
        "week_before": day - timedelta(weeks=1),
        "week_after": day + timedelta(weeks=1) if day <= today - timedelta(weeks=1) else None,
        "month_before": month_before.replace(day=min(day.day, monthrange(month_before.year, month_before.month)[1])),
        "month_after": min(
            month_after.replace(day=min(day.day, monthrange(month_after.year, month_after.month)[1])), today
        )
        if month_after <= today
        else None,
    }


def to_know(scope: Scope) -> dict[str, Any]:
    """What waits for a person, of any day: how many, the most urgent one by one, and what was compared with Exact."""
    user = scope.user
    concerns, looked_at, counted = concerns_of(scope), compared(scope), counted_by_shop(scope)
    stand = shops_in_trouble(counted, concerns)
    lost = [it for it in concerns if it.condition is Condition.LINK_LOST]
    remember_to_mend(user, len(lost) + sum(shown.count for _shop, shown in counted))
    return {
        "concerns": concerns[:CONCERNS_SHOWN],
        "more_concerns": len(concerns) > CONCERNS_SHOWN,
        "stand": stand,
        "troubled": troubled_shops(user, stand) if user.is_support else [],
        "more_troubled": max(0, len(stand) - TROUBLED_SHOWN),
        "to_mend": to_mend(len(lost), (shown for _shop, shown in counted)),
        "lost_address": lost[0].address if len(lost) == 1 else reverse("admin:exact_connection_changelist"),
        "lost_label": lost[0].mend if len({it.mend for it in lost}) == 1 else _("See the links to Exact"),
        "lost": lost,
        "to_mend_address": links.closings(state="attention"),
        "to_send_again": any(shown.condition is not Condition.DIFFERS for _shop, shown in counted),
        "differences": any(shown.condition is Condition.DIFFERS for _shop, shown in counted),
        "differences_address": links.findings(),
        "differing": sum(shown.count for _shop, shown in counted if shown.condition is Condition.DIFFERS),
        "compared": looked_at,
        "compared_words": compared_words(looked_at),
    }


def troubled_shops(user: User, stand: Mapping[int, ShopCondition]) -> list[tuple[Establishment, str, ShopCondition]]:
    """The shops in which something needs a person, the most urgent first: each with its page and its condition."""
    keys = [*stand][:TROUBLED_SHOWN]
    shops = visible_to(user, Establishment.objects.select_related("tenant")).in_bulk(keys)
    return [(shops[key], links.shop(key), stand[key]) for key in keys if key in shops]


def to_mend(lost: int, counted: Iterable[ShopCondition]) -> list[str]:
    """How many links are lost, closings of any day failed or held, and entries differ in Exact, each in words."""
    sums: Counter[Condition] = Counter()
    for it in counted:
        sums[it.condition] += it.count
    failed, held, differing = (sums[it] for it in (Condition.FAILED, Condition.HELD, Condition.DIFFERS))
    return [
        words.format(count=count)
        for count, words in (
            (lost, ngettext("{count} link to Exact lost", "{count} links to Exact lost", lost)),
            (failed, ngettext("{count} failed closing", "{count} failed closings", failed)),
            (held, ngettext("{count} held closing", "{count} held closings", held)),
            (differing, ngettext("{count} entry differs in Exact", "{count} entries differ in Exact", differing)),
        )
        if count
    ]
