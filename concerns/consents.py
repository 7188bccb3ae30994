"""Links to Exact that ended, that are in doubt, or that will end."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerns.concern import Concern, Condition, Item, key_of
from concerns.shops_behind import shops_behind
from exact.api.consent import Consent, consent_of, gone_or_late, in_doubt, say_consent, usable
from exact.models import Activation, Connection
from tenants.models import Role
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
    rows = rows.select_related("tenant").defer("access_token", "refresh_token")
    connections = [*rows.order_by(F("state").desc(), "access_issued_at")[: scope.read_max]]
    shops = shops_behind(scope, "division__connection", [it.pk for it in connections])
    for connection in connections:
        concern = _tell(connection, shops[connection.pk], may_send=scope.user.has_perm("tenants.change_establishment"))
        may_log_in = scope.user.role == Role.MERCHANT and concern.condition is not Condition.LINK_DOUBTFUL
        yield _say_to_merchant(concern) if may_log_in else concern


def lost_consents(scope: Scope) -> QuerySet[Connection]:
    """Connections in use that are over: somebody must log in at Exact again."""
    return _in_use(scope).exclude(usable())


def _in_use(scope: Scope) -> QuerySet[Connection]:
    """Connections through which closings go."""
    active = Activation.objects.filter(division__connection=OuterRef("pk"), active=True)
    if scope.shops is not None:
        active = active.filter(establishment__in=scope.shops)
    return Scope(user=scope.user).rows(Connection.objects.filter(Exists(active)))


def _say_to_merchant(concern: Concern) -> Concern:
    """The concern for a merchant, who can log in at Exact: it leads to their first page, which begins the log-in."""
    words = _("Log in at Exact again: closings wait meanwhile, nothing is lost.")
    return replace(concern, words=words, mend=_("Link to Exact again"), address=reverse("admin:index"))


def _tell(connection: Connection, shops: frozenset[int], *, may_send: bool) -> Concern:
    consent = consent_of(connection)
    advice = {
        Consent.LOST: _("Send a new link to who logs in at Exact."),
        Consent.FORGOTTEN: _("Send a new link to who logs in at Exact."),
        Consent.ENDING: _("Send a new link before that."),
    }
    page = reverse("console_set_up_customer", args=[connection.tenant_id])
    to_send = may_send and consent in advice
    return Concern(
        condition=CONDITIONS[consent],
        customer=connection.tenant.name,
        shops=shops,
        words=" ".join(filter(None, (say_consent(connection), advice.get(consent)))),
        mend=_("Send a new link") if to_send else _("Open the set-up"),
        address=f"{page}#shop-{min(shops)}" if shops else page,
        items=(Item(key=key_of(Condition.LINK_LOST, connection.pk, consent), label=connection.user_name),),
    )
