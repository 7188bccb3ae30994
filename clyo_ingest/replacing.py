"""Replacing a till's device: the new device goes on counting with a new key, or counts from 1 as a new till.

In the second case the former till is put away, kept for its history and without a key. The two are never compared: each
has its own numbers, perpetual total and signatures, and tickets are a new series (`exports.coverage.anew`). Each step
can be asked for twice, and be taken back.
"""

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clyo_ingest.errors import ApiError
from clyo_ingest.keys import end_codes, revoke_keys
from clyo_ingest.models import Push, PushKind
from clyo_ingest.receive import receive
from clyo_ingest.restarts import CONFLICT, closing_of
from exports.coverage.anew import ANEW_WITHIN, note_back_again, note_counters_anew
from exports.models import ClosingState, StoredClosing
from exports.models.coverage import CountersAnew
from exports.way.accept import reconsider
from exports.words.reasons import Why
from tenants.models import Establishment, Till

TAKEN_AT_ONCE = 50


class AlreadyPutAway(Exception):
    """The till was put away already without a successor, or it has another successor by now."""


def replace_counting_anew(till: Till, *, name: str, since: datetime, why: str) -> Till:
    """Put a till away and make the one that counts from 1 in its place, once however often it is asked for.

    `since` is when the former one was last used. Raises `ValidationError` for a name that is taken.
    """
    with transaction.atomic():
        # The establishment is locked first, as everywhere: pushes of its other tills wait, and then see the new series.
        Establishment.objects.select_for_update(of=("self",)).get(pk=till.establishment_id)
        former = _lock(till)
        if (there := Till.objects.filter(continues=former).first()) is not None:
            return there
        successor = Till(
            tenant_id=former.tenant_id, establishment_id=former.establishment_id, name=name, continues=former
        )
        successor.full_clean()
        successor.save()
        note_counters_anew(former, successor, since=since)
        put_away(former, since=since, why=why)
    return successor


def take_up_again(till: Till, *, why: str, both_in_use: bool = True) -> bool:
    """Use a till again that was put away: it goes on where it stopped, and needs a key. Returns False if it was not.

    The one in use in its place is put away if it never sent a closing, or if a person said that not `both_in_use`. Else
    both are: closings of other tills are then held, as they may tell tickets of either. What was held because the till
    was replaced is looked at again.
    """
    with transaction.atomic():
        Establishment.objects.select_for_update(of=("self",)).get(pk=till.establishment_id)
        former = _lock(till)
        if former.ended_at is None:
            return False
        in_place = find_in_place_of(former)
        Till.objects.filter(pk=former.pk).update(ended_at=None, ended_why="")
        if in_place is not None:
            _take_place_again(former, in_place, why=why, both_in_use=both_in_use)
            look_again_at_held(former.establishment_id, why=Why.TAKEN_UP_AGAIN)
    return True


def find_in_place_of(till: Till) -> Till | None:
    """The till that took the place of one that was put away, or in its turn the place of that one; put away or not.
    None if there is none."""
    noted = CountersAnew.objects.filter(former=till, beside=False).select_related("till").order_by("-pk")
    found = Till.objects.filter(continues=till).first()
    if found is None and (row := noted.first()) is not None:
        found = row.till
    while found is not None and (after := Till.objects.filter(continues=found).first()) is not None:
        found = after
    return found


def has_told(till: Till) -> bool:
    """Whether it ever sent a closing."""
    return StoredClosing.objects.filter(till=till).exists()


def _take_place_again(former: Till, in_place: Till, *, why: str, both_in_use: bool) -> None:
    """What a successor never told tickets of, nor what took its place, is as if it had never been."""
    now, told = timezone.now(), has_told(in_place)
    is_gone = in_place.continues_id == former.pk and not told
    Till.objects.filter(continues=former).update(continues=None)
    beside = both_in_use and told and in_place.ended_at is None
    note_back_again(former, in_place, since=None if is_gone else now, beside=beside)
    if in_place.ended_at is None and not beside:
        put_away(in_place, since=now, why=why)


def look_again_at_held(establishment_id: int, *, why: Why) -> None:
    """Decide anew on closings that were held because nobody could tell of which series their tickets are."""
    held = StoredClosing.objects.filter(
        establishment=establishment_id, state=ClosingState.HELD, problems__contains=[{"code": ANEW_WITHIN}]
    )
    for key in [*held.order_by("business_date", "closed_at").values_list("pk", flat=True)]:
        reconsider(key, why=why)


def refused_of_another_device(till: Till, since: datetime) -> QuerySet[Push]:
    """The closings that came `since` then under numbers that were there, and that nobody took: of a device that counts
    from 1 under this till's key. The oldest first."""
    refused = Push.objects.filter(till=till, kind=PushKind.CLOSING, answer_status=409, answer_code=CONFLICT, made=None)
    own = Q(closing=None) | Q(closing__till=till)
    return refused.filter(own, received_at__gte=since).order_by("received_at", "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many closings were taken, and how many refused pushes are `left` to be looked at when it is done again."""

    closings: int
    left: int


def take_refused(former: Till, successor: Till, *, since: datetime) -> Taken:
    """Take the closings that the new device was refused under the former till's key as its own, fifty each time.

    Each push keeps its answer. A push that is no new closing stays refused.
    """
    keys = [*refused_of_another_device(former, since).values_list("pk", flat=True)]
    closings = 0
    for place, key in enumerate(keys):
        if closings == TAKEN_AT_ONCE:
            return Taken(closings=closings, left=len(keys) - place)
        closings += _take(Push.objects.get(pk=key), successor)
    return Taken(closings=closings, left=0)


def _take(push: Push, successor: Till) -> bool:
    """Take one push. Returns whether it was taken: not if it is no new closing, or was received before."""
    own = copy(push)
    own.till = successor
    try:
        return receive(own, closing_of(push)).new
    except ApiError:
        return False


def _lock(till: Till) -> Till:
    return Till.objects.select_for_update(of=("self",), no_key=True).get(pk=till.pk)


def put_away(till: Till, *, since: datetime, why: str) -> None:
    """Put a till away: its keys and codes end, and no closing is expected of it any more."""
    Till.objects.filter(pk=till.pk).update(ended_at=since, ended_why=why)
    end_codes(till)
    revoke_keys(till)
