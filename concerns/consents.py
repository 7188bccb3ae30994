"""Links to Exact that ended, that are in doubt, or that will end."""

from collections.abc import Iterator
from itertools import chain

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from concerns.concern import Concern, Condition, Item, key_of
from concerns.shops_behind import shops_behind
from exact.activation.new_log_in import NewLogIn, mailed_links, new_log_in
from exact.api.consent import Consent, consent_of, gone_or_late, in_doubt, usable
from exact.models import Activation, Connection
from tenants.viewpoint import Scope

CONDITIONS = {
    Consent.LOST: Condition.LINK_LOST,
    Consent.FORGOTTEN: Condition.LINK_LOST,
    Consent.DOUBTFUL: Condition.LINK_DOUBTFUL,
    Consent.ENDING: Condition.LINK_ENDING,
}


def doubtful_consents(scope: Scope) -> Iterator[Concern]:
    """Connections in use that Exact refuses, or that could not be renewed for weeks."""
    rows = _in_use(scope).filter(gone_or_late(timezone.now()) | in_doubt())
    rows = rows.select_related("tenant__reseller").defer("access_token", "refresh_token")
    connections = [*rows.order_by(F("state").desc(), "access_issued_at")[: scope.read_max]]
    shops = shops_behind(scope, "division__connection", [it.pk for it in connections])
    mailed = mailed_links(chain.from_iterable(shops.values())) if connections else {}
    for connection in connections:
        of_it = shops[connection.pk]
        yield _tell(connection, new_log_in(connection, scope.user, shops=of_it, mailed=mailed), of_it)


def lost_consents(scope: Scope) -> QuerySet[Connection]:
    """Connections in use that are over: somebody must log in at Exact again."""
    return _in_use(scope).exclude(usable())


def _in_use(scope: Scope) -> QuerySet[Connection]:
    """Connections through which closings go."""
    active = Activation.objects.filter(division__connection=OuterRef("pk"), active=True)
    if scope.shops is not None:
        active = active.filter(establishment__in=scope.shops)
    return Scope(user=scope.user).rows(Connection.objects.filter(Exists(active)))


def _tell(connection: Connection, log_in: NewLogIn, shops: frozenset[int]) -> Concern:
    consent = consent_of(connection)
    return Concern(
        condition=CONDITIONS[consent],
        customer=connection.tenant.name,
        shops=shops,
        words=log_in.words,
        mend=log_in.mend,
        address=log_in.address,
        items=(Item(key=key_of(Condition.LINK_LOST, connection.pk, consent), label=connection.user_name),),
    )
