"""Links to Exact that ended, or that will."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concerns.behind import shops_behind
from concerns.concern import Concern, Condition, Item, key_of
from exact.activation.lapses import lapses_at, lost_or_late
from exact.models import Activation, Connection, Lane, PauseCode
from tenants.viewpoint import Scope


def lost_consents(scope: Scope) -> Iterator[Concern]:
    """Log-ins that closings go through and that Exact refuses, or that it did not renew for weeks.

    A lane that met the refusal tells it as well as the connection: it may be the first to know.
    """
    active = Activation.objects.filter(division__connection=OuterRef("pk"), active=True)
    if scope.shops is not None:
        active = active.filter(establishment__in=scope.shops)
    lanes = Lane.objects.filter(division__connection=OuterRef("pk"), pause_code=PauseCode.RECONNECT_REQUIRED)
    met = Exists(lanes.filter(paused_until__gt=timezone.now()))
    rows = Connection.objects.filter(Exists(active)).annotate(refused=met)
    rows = rows.filter(lost_or_late(timezone.now()) | Q(refused=True))
    rows = Scope(user=scope.user).rows(rows).select_related("tenant").defer("access_token", "refresh_token")
    connections = [*rows.order_by(F("state").desc(), "access_issued_at")[: scope.read_max]]
    shops = shops_behind(scope, "division__connection", [it.pk for it in connections])
    for connection in connections:
        yield _concern(connection, shops[connection.pk])


def _concern(connection: Connection, shops: frozenset[int]) -> Concern:
    ends_at = lapses_at(connection)
    if ends_at is None:
        words = _("Exact no longer accepts the log-in: closings wait, nothing is lost. Send a new link.")
    else:
        day = date_format(timezone.localtime(ends_at), "SHORT_DATE_FORMAT")
        words = _("The link to Exact ends on {day}. Send a new link before that.").format(day=day)
    return Concern(
        condition=Condition.LINK_LOST if ends_at is None else Condition.LINK_ENDING,
        customer=connection.tenant.name,
        shops=shops,
        words=words,
        mend=_("Open the set-up"),
        address=reverse("console_set_up_customer", args=[connection.tenant_id]),
        items=(Item(key=key_of(Condition.LINK_LOST, connection.pk, ends_at is None), label=connection.user_name),),
    )
