"""The log-ins at Exact without which closings of an export cannot go there, before it is asked for and after."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from exact.activation.new_log_in import NewLogIn, mailed_links, new_log_in
from exact.api.consent import consent_of, in_doubt, usable
from exact.lane.states import OVER
from exact.models import Activation, Connection, Posting
from on_demand.exact_sums import ON_ITS_WAY
from on_demand.models import OnDemandClosing, OnDemandClosingState, OnDemandExport
from postgres.rows import among
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A consent that closings wait for. `by_a_person`: until somebody logs in, and not only for a while."""

    by_a_person: bool
    log_in: NewLogIn


def awaited_before(shops: Collection[int], user: User) -> list[Awaited]:
    """What an export to Exact of these establishments will wait for."""
    active = Activation.objects.filter(division__connection=OuterRef("pk"), active=True, establishment__in=shops)
    return _list_awaited(Q(Exists(active)), user)


def awaited_by(export: OnDemandExport, user: User) -> list[Awaited]:
    """What the closings wait for that an export to Exact has looked at and that are not there."""
    if export.finished or not export.to_exact or export.handed_over_at is None:
        return []
    moving = OnDemandClosing.objects.filter(
        export=export, state=OnDemandClosingState.TAKEN, closing__state__in=ON_ITS_WAY
    )
    postings = Posting.objects.filter(among("closing_id", moving.values_list("closing_id", flat=True)))
    divisions = postings.exclude(state__in=OVER).order_by().values_list("division_id", flat=True).distinct()
    return _list_awaited(Q(divisions__in=[*divisions]), user)


def _list_awaited(of_them: Q, user: User) -> list[Awaited]:
    rows = Connection.objects.filter(~usable() | in_doubt(), of_them).select_related("tenant__reseller")
    rows = rows.defer("access_token", "refresh_token")
    return [_tell(connection, user) for connection in rows.order_by("pk").distinct()]


def _tell(connection: Connection, user: User) -> Awaited:
    active = Activation.objects.filter(division__connection=connection, active=True)
    shops = [*active.values_list("establishment", flat=True)]
    log_in = new_log_in(connection, user, shops=shops, mailed=mailed_links(shops))
    return Awaited(by_a_person=not consent_of(connection).usable, log_in=log_in)
