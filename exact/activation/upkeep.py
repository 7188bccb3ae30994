"""Upkeep after the activation: renewing consents, reading companies again each night, telling people once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from exact.activation.links import make_link
from exact.activation.switch import recheck, refresh_catalogue
from exact.api.client import http_of_thread
from exact.api.connection import renewed
from exact.api.consent import KEEP_ALIVE_AFTER, doubt_is_due, gone_or_late, lapses_at, say_consent, usable
from exact.api.errors import ExactError, NeedsReconnect, Unavailable
from exact.company.companies import look_at_access
from exact.models import Activation, Connection, Division, LinkWay
from exact.past import notice
from tenants.models import Establishment, User
from tenants.put_off import due, each_alone, in_turn
from tenants.users import is_of_another_reseller, language_of

log = structlog.get_logger()

READ_AGAIN_AFTER = timedelta(hours=20)
KEPT_ALIVE_AT_ONCE = 1000


def keep_alive() -> None:
    """Renew every consent that was not used for two weeks. One that cannot be renewed is put off and tried again.

    A consent without a company is not renewed, and lapses.
    """
    unused = Connection.objects.filter(
        usable(),
        access_issued_at__lt=timezone.now() - KEEP_ALIVE_AFTER,
        pk__in=Division.objects.values("connection"),
    )
    rows = in_turn(unused, "access_issued_at", limit=KEPT_ALIVE_AT_ONCE)
    each_alone(Connection, rows, _renew, loop="keep_alive", expected=(NeedsReconnect, Unavailable))


def _renew(connection_id: int) -> None:
    renewed(connection_id, http=http_of_thread())


def consents_in_doubt() -> list[int]:
    """The ids of connections to try: Exact refused their token a while ago, or their tokens may be used up.

    The latter were stored before the database was restored, and not renewed since.
    """
    past, asked = notice(), doubt_is_due(timezone.now())
    if past.number > 1:
        asked |= usable() & Q(access_issued_at__lt=past.noticed_at)
    return [key for key, _times in in_turn(Connection.objects.filter(asked), limit=KEPT_ALIVE_AT_ONCE)]


def try_consent(connection_id: int) -> None:
    """Ask Exact whether a consent in doubt still holds: it is renewed, or the customer must log in again.

    If Exact cannot be asked now, it is put off.
    """
    rows = Connection.objects.filter(pk=connection_id).values_list("pk", "put_off_count")
    expected = (NeedsReconnect, Unavailable)
    each_alone(Connection, [*rows], _renew_anyway, loop="try_consent", expected=expected)


def _renew_anyway(connection_id: int) -> None:
    renewed(connection_id, http=http_of_thread(), anyway=True)


def tell_of_lost_consents() -> int:
    """Mail the people who can give a consent again, once, when it has ended or is about to. Returns for how many."""
    told = 0
    for connection in _select_untold().select_related("tenant__reseller"):
        # Marked first: two sweeps at once must not write twice. A mail that fails is tried at the next sweep.
        if _select_untold().filter(pk=connection.pk).update(told_at=timezone.now()) != 1:
            continue
        try:
            _write_to(connection)
        except OSError as error:
            log.warning("mail_failed", connection=connection.pk, error=type(error).__name__)
            Connection.objects.filter(pk=connection.pk).update(told_at=None)
        except Exception:
            # No failure of the mail server: it would come each time, and some people have their letter already.
            log.exception("mail_broke", connection=connection.pk)
        else:
            told += 1
    return told


def _select_untold() -> QuerySet[Connection]:
    lost = Connection.objects.filter(gone_or_late(timezone.now()), told_at=None, divisions__activations__active=True)
    return lost.distinct()


def _write_to(connection: Connection) -> None:
    """Mail the reseller's people, with the page that sends a link, and the Exact user, with the link itself.

    One link is enough, whoever opens it: the new log-in revives every establishment of the consent.
    """
    rows = Activation.objects.filter(division__connection=connection, active=True).select_related("establishment")
    stopped = [it.establishment for it in rows.order_by("establishment__code", "pk")]
    people = User.objects.filter(reseller_id=connection.tenant.reseller_id, suspended_at=None)
    staff = {*people.values_list("email", flat=True)}
    outside = {connection.user_email, *(shop.contact_email for shop in stopped)} - staff - {""}
    outside = {it for it in outside if not is_of_another_reseller(it, connection.tenant.reseller_id)}
    checklist = reverse("console_set_up_customer", args=[connection.tenant_id])
    told = {
        "connection": connection,
        "establishments": [*map(str, stopped)],
        "lapses_at": lapses_at(connection),
        "console": f"{settings.PUBLIC_URL}{checklist}#shop-{stopped[0].pk}",
    }
    with transaction.atomic():
        if outside:
            to = next(it for it in (stopped[0].contact_email, connection.user_email, *sorted(outside)) if it in outside)
            link, url = make_link(stopped[0], way=LinkWay.MAILED, mailed_to=to)
        letters = [(address, told) for address in sorted(staff - {""})]
        letters += [(address, {**told, "url": url, "expires_at": link.expires_at}) for address in sorted(outside)]
        _send_each(letters)


def _send_each(letters: list[tuple[str, dict[str, Any]]]) -> None:
    """Mail each person a letter of their own, in their language, so that none sees who else got one.

    A refused letter does not stop the others. Raises `OSError` only when none was accepted: after a later try, those
    who have theirs would get it again.
    """
    refusals = []
    for address, context in letters:
        try:
            _send_lost_consent(address, context)
        except OSError as error:
            log.warning("mail_failed", connection=context["connection"].pk, error=type(error).__name__)
            refusals.append(error)
    if refusals and len(refusals) == len(letters):
        raise refusals[0]


def _send_lost_consent(address: str, context: dict[str, Any]) -> None:
    with translation.override(language_of(address)):
        said = {**context, "said": say_consent(context["connection"])}
        subject = render_to_string("exact/mail/lost_consent_subject.txt", said).strip()
        body = render_to_string("exact/mail/lost_consent.txt", said)
    EmailMessage(subject=subject, body=body, to=[address]).send()


def due_for_refresh() -> Iterator[int]:
    """The companies that closings go to and that were not read for most of a day."""
    old = Now() - READ_AGAIN_AFTER
    divisions = Division.objects.filter(usable("connection__"), activations__active=True)
    unread = divisions.filter(due(), Q(catalogue_read_at=None) | Q(catalogue_read_at__lt=old))
    yield from unread.values_list("pk", flat=True).distinct()


def look_after(division_id: int) -> None:
    """Read a company again and check its establishments: so a moved company, a lost right or a new rate is noticed.

    If Exact does not answer, nothing changes until the next night.
    """
    division = Division.objects.select_related("app", "connection").get(pk=division_id)
    try:
        look_at_access(division)
        if division.access == "open":
            refresh_catalogue(division, for_people=False)
    except ExactError as error:
        log.warning("exact_refresh", division=division.code, error=type(error).__name__, detail=str(error))
        return
    for establishment in Establishment.objects.filter(activation__division=division, activation__active=True):
        recheck(establishment, way="nightly")
