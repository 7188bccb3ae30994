"""How much waits for a person, beside the menu's first entry: what the red box of the first page adds up to.

Every page shows it, so it is asked in one query, at most once a minute for each person in each process; the first page,
which has it all, tells it anew.
"""

from django.core.cache import caches
from django.db.models import Value
from django.http import HttpRequest

from concerns.consents import lost_consents
from exact.models import Finding
from exports.console.causes import TO_MEND
from exports.console.findings_page import MENU_COUNTS_TO
from exports.models import StoredClosing
from tenants.models import User
from tenants.viewpoint import Scope

KEPT_S = 60


def to_mend_count(request: HttpRequest) -> str:
    """The number beside "Last night", at most "99+"; "" when there is none, and for who mends nothing there."""
    user = request.user
    if not isinstance(user, User) or not (user.is_support or user.reseller_id):
        return ""
    known: int | None = caches["process"].get(_key(user))
    if known is None:
        remember_to_mend(user, known := _count(user))
    return f"{MENU_COUNTS_TO - 1}+" if known >= MENU_COUNTS_TO else str(known or "")


def remember_to_mend(user: User, count: int) -> None:
    """Keep for a minute what somebody just counted for this person, of all customers or of the chosen one."""
    caches["process"].set(_key(user), count, KEPT_S)


def _key(user: User) -> str:
    return f"to_mend:{user.pk}:{user.chosen_customer or ''}"


def _count(user: User) -> int:
    """Closings failed and held, entries that differ, links that are lost: no more of each is read than is shown."""
    scope = Scope(user=user)
    rows = (
        scope.rows(StoredClosing.objects.filter(state__in=TO_MEND)),
        scope.rows(Finding.objects.filter(settled_at=None)),
        lost_consents(scope),
    )
    closings, findings, links = (it.order_by().values_list(Value(1))[:MENU_COUNTS_TO] for it in rows)
    return len(closings.union(findings, links, all=True))
