"""Take a person's name and addresses out, because the person asks for it (RGPD, article 17), and leave the books whole.

What the person did stays, done by "Personne effacée 12": who changed what is a proof (article 17.3.b; Code de commerce
L123-22). Closings are not searched: they are their sender's books, kept as the law wants them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from clyo_ingest.models import PairingCode, Restart
from concerns.models import AnswerLink, Letter, Webhook
from exact.models import ActivationLink, Connection, Finding, PostingEvent
from exports.models import ClosedDays, ClosingEvent, NeverMade, Replacement, RepostItem, RepostRun, SetAside
from exports.models.start import StartChange
from on_demand.models import ExportSet, MonthlyExport, OnDemandExport
from tenants.models import (
    Change,
    Establishment,
    FactorReset,
    HandOver,
    HandOverOffer,
    Letters,
    Membership,
    Note,
    Reseller,
    SavedFilter,
    TakeOver,
    Tenant,
    Till,
    User,
)

MASK = "•••"
# Where people say why, in words of their own.
REASONS: tuple[tuple[type[Model], str], ...] = (
    *((table, "suspended_why") for table in (Reseller, Tenant, Establishment, Till)),
    *((table, "why") for table in (ClosingEvent, PostingEvent, Replacement, RepostRun, Restart, SetAside, StartChange)),
    *((table, "why") for table in (HandOver, HandOverOffer, PairingCode, TakeOver, FactorReset)),
    (NeverMade, "why"),
    *((table, "ended_why") for table in (NeverMade, SetAside, Till)),
    *((Finding, why) for why in ("settled_why", "reopened_why")),
    (ClosedDays, "note"),
)
# Reserved for names that lead nowhere (RFC 2606).
NOWHERE = "efface.invalid"


@dataclass(frozen=True, slots=True)
class StillUsed(Exception):
    """The address is still in use: `places` are the rows that a person must change first."""

    places: tuple[str, ...]


def uses_of(address: str) -> list[str]:
    """What still goes to the address, for a person to change before anything of it is erased."""
    return [f"{it._meta.verbose_name} {it}" for it in _find_uses(address)]


def erase_person(address: str, *, look: bool = False) -> dict[str, int]:
    """Erase the person with this e-mail address, who may be a user of the console or only an address in it.

    Returns how many rows were changed or deleted, by table; with `look` how many would be, and all stays as it was. A
    second time finds nothing more. Raises `StillUsed`, with nothing erased, while exports are ordered to the address or
    an establishment names it as its contact.
    """
    with transaction.atomic():
        if used := uses_of(address):
            raise StillUsed((*used,))
        person = User.objects.select_for_update(of=("self",)).filter(email__iexact=address).first()
        name = person.name if person else ""
        done = [*_delete_what_nobody_needs(address, person), *_overwrite_what_stays(address, person)]
        done.append((Change, sum(_mask(change, {address, name} - {""}) for change in _select_changes_of(person))))
        naming = _select_changes_naming(address, person, name)
        done.append((Change, sum(_mask(change, {address, name} - {""}) for change in naming)))
        if look:
            transaction.set_rollback(True)
        return _sum_up(done)


def _find_uses(address: str) -> Iterator[Model]:
    yield from MonthlyExport.objects.filter(email__iexact=address, active=True)
    yield from Establishment.objects.filter(contact_email__iexact=address)


def _delete_what_nobody_needs(address: str, person: User | None) -> Iterator[tuple[type[Model], int]]:
    """Delete the rows that are not needed without the person."""
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        yield log, _delete(log.objects.filter(username__iexact=address))
    if person is not None:
        yield Session, _delete(Session.objects.filter(log_in__user=person))
        for rows in (TOTPDevice, StaticDevice):
            yield rows, _delete(rows.objects.filter(user=person))
        yield Letter, _delete(Letter.objects.filter(person=person))
        yield AnswerLink, _delete(AnswerLink.objects.filter(person=person))
        yield Webhook, _delete(Webhook.objects.filter(person=person))
        yield SavedFilter, _delete(person.saved_filters.all())
    yield SavedFilter, _delete(_select_filters_naming(address))


def _overwrite_what_stays(address: str, person: User | None) -> Iterator[tuple[type[Model], int]]:
    """Overwrite names and addresses in rows that are kept. Orders that are over keep all but the address."""
    yield MonthlyExport, MonthlyExport.objects.filter(email__iexact=address).update(email=f"commande@{NOWHERE}")
    yield OnDemandExport, OnDemandExport.objects.filter(email__iexact=address).update(email=f"export@{NOWHERE}")
    yield ExportSet, ExportSet.objects.filter(email__iexact=address).update(email=f"export@{NOWHERE}")
    yield ActivationLink, ActivationLink.objects.filter(mailed_to__iexact=address).update(mailed_to=f"lien@{NOWHERE}")
    yield HandOverOffer, HandOverOffer.objects.filter(email__iexact=address).update(email=MASK)
    of_exact = Connection.objects.filter(user_email__iexact=address)
    yield Connection, of_exact.update(user_email="", user_name=MASK)
    yield Note, _select_notes_naming(address, person).update(text=MASK)
    for table, column in REASONS:
        yield table, _select_reasons_naming(table, column, address, person).update(**{column: MASK})
    if person is not None and not person.email.endswith(f"@{NOWHERE}"):
        person.email, person.name = f"personne-{person.pk}@{NOWHERE}", f"Personne effacée {person.pk}"
        person.letters = Letters.NEVER
        person.suspended_at = person.suspended_at or timezone.now()
        person.set_unusable_password()
        person.save()
        yield User, 1
        yield Membership, person.memberships.filter(ended_at=None).update(ended_at=timezone.now())


def _select_notes_naming(address: str, person: User | None) -> QuerySet[Note]:
    """Notes with the address in them; with the person's name those on its own customers, or on all when it is of
    support. Elsewhere somebody else has the same name."""
    named = Q(text__icontains=address)
    if person is not None and person.name:
        named |= Q(text__iregex=_as_a_word(person.name)) & _select_own_rows(person, Note)
    return Note.objects.filter(named)


def _select_reasons_naming(table: type[Model], column: str, address: str, person: User | None) -> QuerySet[Any]:
    """The same of what people gave as a reason. Only rows with the words are read by name, never whole tables of
    events without one."""
    named = Q(**{f"{column}__icontains": address})
    if person is not None and person.name:
        named |= Q(**{f"{column}__iregex": _as_a_word(person.name)}) & _select_own_rows(person, table)
    return table._default_manager.exclude(**{column: ""}).filter(named)


def _as_a_word(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _select_own_rows(person: User, table: type[Model]) -> Q:
    """Whose rows a person is known in: its own customers', all for support. Elsewhere somebody else has that name."""
    if person.is_support:
        return Q()
    own = Tenant.objects.filter(Q(memberships__user=person) | Q(reseller=person.reseller_id))
    if person.reseller_id:  # and those its reseller handed over
        given = HandOver.objects.filter(reseller=person.reseller_id).values("tenant")
        own = Tenant.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=given))
    of_reseller = Q(reseller=person.reseller_id) if person.reseller_id else Q(pk=None)
    if table is Tenant:
        return Q(pk__in=own)
    if table is Reseller:
        return Q(pk=person.reseller_id)
    if table is FactorReset:
        return Q(user=person) | of_reseller
    if table is RepostRun:
        return of_reseller | Q(pk__in=RepostItem.objects.filter(tenant__in=own).values("run"))
    return Q(tenant__in=own) | (of_reseller if table is Change else Q(pk=None))


def _select_filters_naming(address: str) -> QuerySet[SavedFilter]:
    """Others' filters that look for the address, which nothing has any more."""
    return SavedFilter.objects.filter(Q(name__icontains=address) | Q(asked__icontains=quote_plus(address)))


def _select_changes_of(person: User | None) -> QuerySet[Change]:
    """What the audit wrote down of the person's own row: its name and address stand in it."""
    own = str(person.pk) if person else None
    return Change.objects.filter(table_name=User._meta.db_table, row_id=own)


def _select_changes_naming(address: str, person: User | None, name: str) -> QuerySet[Change]:
    """All else of the audit with the address in it, whoever's row it was; and with the name, of the person's own
    customers: the reasons that stood in their rows."""
    rows = Change.objects.annotate(was=Cast("before", TextField()), is_now=Cast("after", TextField()))
    told = Q(label__icontains=address) | Q(link_holder__icontains=address)
    told |= Q(was__icontains=address) | Q(is_now__icontains=address)
    if person is not None and name:
        word = _as_a_word(name)
        by_name = Q(label__iregex=word) | Q(was__iregex=word) | Q(is_now__iregex=word)
        told |= by_name & _select_own_rows(person, Change)
    return rows.filter(told)


def _mask(change: Change, names: set[str]) -> int:
    """Put "•••" in the place of every value that holds one of the names. Returns how many rows that changed."""
    lowered = {name.lower() for name in names}

    def masked(value: Any) -> Any:
        return MASK if isinstance(value, str) and any(name in value.lower() for name in lowered) else value

    columns: dict[str, Any] = {name: masked(getattr(change, name)) for name in ("label", "link_holder")}
    for name in ("before", "after"):
        columns[name] = {key: masked(value) for key, value in getattr(change, name).items()}
    if all(getattr(change, name) == value for name, value in columns.items()):
        return 0
    return Change.objects.filter(pk=change.pk).update(**columns)


def _delete(rows: QuerySet[Any]) -> int:
    _all, by_table = rows.delete()
    return by_table.get(rows.model._meta.label, 0)


def _sum_up(done: list[tuple[type[Model], int]]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for table, count in done:
        counted[table._meta.label] += count
    return {table: count for table, count in counted.items() if count}
