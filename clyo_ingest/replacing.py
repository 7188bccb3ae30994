"""A till's device is replaced: it goes on counting with a new key, or counts from 1 as a till of its own.

The second leaves the former till for its history, without a key. Nothing compares the two: numbers, perpetual total and
signatures are each till's own, and its tickets are another series (`exports.coverage.anew`). All of it can be done
twice, and taken back.
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
from exports.coverage.anew import note_back_again, note_counters_anew
from exports.models import StoredClosing
from tenants.models import Establishment, Till

TAKEN_AT_ONCE = 50


class AlreadyPutAway(Exception):
    """Somebody put this till away without another in its place, or it is another's by now."""


def replace_counting_anew(till: Till, *, name: str, since: datetime, why: str) -> Till:
    """Put a till away and make the one that counts from 1 in its place, once however often it is asked for.

    `since` is when the former one was last used. Raises `ValidationError` for a name that is taken.
    """
    with transaction.atomic():
        # The establishment first, as all who lock both: what its other tills push waits, and sees the new series.
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
        _put_away(former, since=since, why=why)
    return successor


def take_up_again(till: Till, *, why: str) -> bool:
    """Use a till again that was put away: it goes on where it stopped, and needs a key. Whether it was put away.

    What took its place and never sent a closing is put away instead; else both are tills from now on.
    """
    with transaction.atomic():
        Establishment.objects.select_for_update(of=("self",)).get(pk=till.establishment_id)
        former = _lock(till)
        if former.ended_at is None:
            return False
        Till.objects.filter(pk=former.pk).update(ended_at=None, ended_why="")
        if (successor := Till.objects.filter(continues=former).first()) is not None:
            _take_place_again(former, successor, why=why)
    return True


def _take_place_again(former: Till, successor: Till, *, why: str) -> None:
    """What the successor never told tickets of, nor what took its place, is as if it had never been."""
    now = timezone.now()
    Till.objects.filter(pk=successor.pk).update(continues=None)
    has_told = StoredClosing.objects.filter(till=successor).exists()
    is_gone = not has_told and not Till.objects.filter(continues=successor).exists()
    note_back_again(former, successor, since=None if is_gone else now)
    if not has_told:
        _put_away(successor, since=now, why=why)


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
    """Take what the new device was refused under the former till's key, as closings of its own, fifty more each time.

    Each keeps what the till was answered. What is no closing of its own stays refused, and is in nobody's way.
    """
    keys = [*refused_of_another_device(former, since).values_list("pk", flat=True)]
    closings = 0
    for place, key in enumerate(keys):
        if closings == TAKEN_AT_ONCE:
            return Taken(closings=closings, left=len(keys) - place)
        closings += _take(Push.objects.get(pk=key), successor)
    return Taken(closings=closings, left=0)


def _take(push: Push, successor: Till) -> bool:
    """Whether it was taken now: no closing of its own, or one that came before, is not."""
    own = copy(push)
    own.till = successor
    try:
        return receive(own, closing_of(push)).new
    except ApiError:
        return False


def _lock(till: Till) -> Till:
    return Till.objects.select_for_update(of=("self",), no_key=True).get(pk=till.pk)


def _put_away(till: Till, *, since: datetime, why: str) -> None:
    """No key and no code is left, and nothing is expected any more."""
    Till.objects.filter(pk=till.pk).update(ended_at=since, ended_why=why)
    end_codes(till)
    revoke_keys(till)
