"""Closings of before a take-over that a device sends under its new customer: they belong to the former customer.

A till keeps closings that it could not send, and may be paired anew meanwhile. So a closing that comes with the new key
and is dated before the take-over is stored as one of the former till, under the former customer; the new customer never
sees it. The same holds for closings that the former till had sent already when the take-over was entered afterwards.
The push refers to the closing, so that the device may ask for its state (docs/decisions/0054). If nobody said which
till of the former customer the device was, it is found by the closing itself or by the till's name; else a till is made
for it there. If the establishment was taken over several times, the closing goes to the customer of its day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from clyo_ingest.document import ClosingDocument, digest_of
from clyo_ingest.errors import ApiError
from clyo_ingest.inbox import note_refusal
from clyo_ingest.keys import KnownTill, viewer_of_till
from clyo_ingest.models import Push, ReceivedClosing
from clyo_ingest.receive import Received, receive
from exports.models import SetAside
from ledger.closing import Closing
from postgres.viewer import EVERYTHING, serving
from tenants.models import Establishment, MovedTill, TakeOver, Till
from tenants.till_name import next_name


def receive_where_it_belongs(push: Push, document: ClosingDocument, known: KnownTill) -> Received:
    """Store a closing for the till whose key it came with, or for the former till. Raises what `receive` raises."""
    owner = _find_owner(known, document)
    if owner is None:
        return receive(push, document, by_its_key=True)
    former = _read(owner)
    with serving(viewer_of_till(former)):
        own = Push.objects.create(
            tenant_id=former.tenant_id,
            till=former,
            kind=push.kind,
            content_type=push.content_type,
            content_encoding=push.content_encoding,
            body=push.body,
        )
        received = _receive_as_own(own, document)
    sent = Push.objects.filter(pk=push.pk)
    if isinstance(received, ApiError):
        # The closing it met is the former customer's, so it cannot be taken for the new one (`clyo_ingest.restarts`).
        sent.update(closing=received.closing_id)
        raise received
    sent.update(closing=received.stored.pk, answer_status=201 if received.new else 200)
    return received


def _receive_as_own(own: Push, document: ClosingDocument) -> Received | ApiError:
    """Store the closing for the former till. A refusal is noted with that till's push too, and returned."""
    try:
        return receive(own, document)
    except ApiError as error:
        note_refusal(own, error)
        return error


@contextmanager
def serving_sent_for_former(known: KnownTill, closing_id: UUID) -> Iterator[ReceivedClosing | None]:
    """A context with the former customer's closing of this id if this very till sent it, else with None.

    Closings that the former till sent with its own key are not shown to the new customer.
    """
    sent = Push.objects.filter(till=known.till_id, closing=closing_id)
    if known.former_till is None or not sent.exists():
        yield None
        return
    with serving(EVERYTHING):
        tills = _tills_before(_Stand.of(known))
        owner = ReceivedClosing.objects.filter(till__in=[*tills], pk=closing_id).values_list("till", flat=True).first()
    if owner is None:
        yield None
        return
    former = _read(owner)
    with serving(viewer_of_till(former)):
        yield ReceivedClosing.objects.filter(till=former, pk=closing_id).select_related("stored").first()


def _find_owner(known: KnownTill, document: ClosingDocument) -> int | None:
    """The former till to which a closing belongs: it is dated before the take-over, or that till sent it already.

    Of days since the take-over, what the former customer has set aside is the new one's when it is sent again.
    If that till's establishment was taken over too, the till before it, as far back as the closing belongs. None: it is
    the sending till's own.
    """
    owner, stand = None, _Stand.of(known)
    while stand.taken_over_on is not None:
        is_before, former = document.business_date < stand.taken_over_on, stand.former_till
        if former is None or not is_before:
            sent_by = _find_sender(stand, document, given_back=not is_before)
            if sent_by is None and not is_before:
                break
            former = former or _note_former(stand, sent_by)
        if former is None:
            break
        owner, stand = former, _stand_of(former)
    return owner


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    """A till, and the day of its establishment's take-over, if any; `former_till`: the same device before that day."""

    till: int
    establishment: int
    former_till: int | None
    taken_over_on: date | None

    @classmethod
    def of(cls, known: KnownTill) -> Self:
        return cls(
            till=known.till_id,
            establishment=known.establishment_id,
            former_till=known.former_till,
            taken_over_on=known.taken_over_on,
        )


def _stand_of(till_id: int) -> _Stand:
    with serving(EVERYTHING):
        till = Till.objects.get(pk=till_id)
        took = _select_take_over(till.establishment_id).first()
        moved = MovedTill.objects.filter(till=till_id).first() if took else None
    return _Stand(
        till=till_id,
        establishment=till.establishment_id,
        former_till=moved.former_id if moved else None,
        taken_over_on=took.ended_on if took else None,
    )


def _find_sender(stand: _Stand, document: ClosingDocument, *, given_back: bool) -> int | None:
    """The former till, however far back, that sent this very closing; only the same device where that is known.

    `given_back`: not where that customer has set the closing aside, with no other in its place.
    """
    content = document.canonical()
    facts = Closing.from_document(content)
    place = {"kind": facts.kind.value, "scope": facts.scope, "number": facts.number, "digest": digest_of(content)}
    with serving(EVERYTHING):
        sent = ReceivedClosing.objects.filter(till__in=[*_tills_before(stand)], **place)
        if given_back:
            sent = sent.exclude(stored__in=SetAside.objects.filter(ended_at=None, instead=None).values("closing"))
        return sent.values_list("till", flat=True).first()


def _tills_before(stand: _Stand) -> Iterator[int]:
    """The tills of the device under each former customer, as far as known; before that all tills of the shop."""
    while stand.taken_over_on is not None and stand.former_till is not None:
        yield stand.former_till
        stand = _stand_of(stand.former_till)
    took = _select_take_over(stand.establishment).first()
    while took is not None:
        yield from Till.objects.filter(establishment=took.former_id).values_list("pk", flat=True)
        took = _select_take_over(took.former_id).first()


def _note_former(stand: _Stand, sent_by: int | None) -> int | None:
    """Store which till of the former customer the device was: the one that sent the closing, else the one of its name
    that no other device was, else a new till, put away at once. None if the take-over was taken back meanwhile."""
    with transaction.atomic(), serving(EVERYTHING):
        shops = Establishment.objects.select_for_update(of=("self",)).filter(ended_on__isnull=False)
        former = shops.filter(given_up__in=_select_take_over(stand.establishment)).first()
        if former is None:
            return None
        moved = MovedTill.objects.filter(till=stand.till).first()
        if moved is None:
            sender = Till.objects.filter(pk=sent_by, establishment=former).first() if sent_by else None
            moved = MovedTill.objects.create(
                tenant_id=former.tenant_id,
                former_id=(sender or _find_of_name(stand, former)).pk,
                till_id=stand.till,
            )
        return moved.former_id


def _find_of_name(stand: _Stand, former: Establishment) -> Till:
    name = Till.objects.values_list("name", flat=True).get(pk=stand.till)
    went_along = MovedTill.objects.filter(former=OuterRef("pk"))
    there = Till.objects.filter(~Exists(went_along), establishment=former, name=name).first()
    if there is not None:
        return there
    taken = {*Till.objects.filter(establishment=former).values_list("name", flat=True)}
    return Till.objects.create(
        tenant_id=former.tenant_id,
        establishment=former,
        name=next_name(name, taken) if name in taken else name,
        ended_at=timezone.now(),
    )


def _select_take_over(shop: int) -> QuerySet[TakeOver]:
    """How an establishment was taken over, while that is in force."""
    return TakeOver.objects.filter(successor=shop, ended_on__isnull=False)


def _read(till_id: int) -> Till:
    with serving(EVERYTHING):
        return Till.objects.select_related("establishment__tenant").get(pk=till_id)
