"""Finding in the database what is due, as any message through the broker may be lost.

Each customer gets a turn in each round, and what fails is put off (`tenants.put_off`).
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from exact.activation.switch import learn_third_parties, recheck
from exact.api.consent import usable
from exact.api.errors import ExactError
from exact.company.preflight import THIRD_PARTY_UNKNOWN
from exact.models import OPEN, Activation, Division, Lane, Posting
from exports.models import ClosingState, StoredClosing
from exports.way.accept import reconsider
from exports.way.park import park, stopped_closings
from exports.words.reasons import Why
from tenants.put_off import Row, due, each, each_alone, in_turn

BATCH = 500
OLDEST = ("business_date", "closed_at")
MISSES_A_PARTY = [{"code": THIRD_PARTY_UNKNOWN}]
NIGHTLY = timedelta(hours=20)


def due_divisions() -> list[int]:
    """Divisions with open postings whose lane is free and not paused, each once."""
    open_postings = Posting.objects.filter(division=OuterRef("division"), state__in=OPEN)
    free = Lane.objects.filter(
        Q(leased_until=None) | Q(leased_until__lt=Now()),
        Q(paused_until=None) | Q(paused_until__lte=Now()),
        Exists(open_postings),
    )
    return [*free.values_list("division", flat=True)]


def unreconciled_divisions() -> list[int]:
    """Divisions that closings go to and that were not compared with Exact since yesterday, longest ago first."""
    old = Q(reconciled_at=None) | Q(reconciled_at__lt=Now() - NIGHTLY)
    rows = Division.objects.filter(old, due(), activations__active=True)
    return [*rows.order_by(F("reconciled_at").asc(nulls_first=True)).values_list("pk", flat=True).distinct()]


def park_stopped() -> int:
    """Take back ready closings that must not be sent any more. Returns how many."""
    return each(StoredClosing, in_turn(stopped_closings(), *OLDEST, limit=BATCH), park, loop="park")


def release_waiting() -> int:
    """Look again at closings that wait although their establishment is active now. Returns how many."""
    active = Activation.objects.filter(active=True).values("establishment")
    waiting = StoredClosing.objects.filter(state=ClosingState.WAITING, establishment__in=active)
    return _reconsider_each(in_turn(waiting, *OLDEST, limit=BATCH), why=Why.ACTIVATED)


def release_mended() -> int:
    """Look again at held closings whose establishment's mapping, or whose company, changed since the last look."""
    changed = Q(establishment__mapping__updated_at__gt=F("state_since")) | Q(
        establishment__activation__checked_at__gt=F("state_since"), establishment__activation__active=True
    )
    mended = StoredClosing.objects.filter(changed, state=ClosingState.HELD)
    return _reconsider_each(in_turn(mended, *OLDEST, limit=BATCH), why=Why.SETTINGS_CHANGED)


def learn_and_release() -> int:
    """Look up in Exact the third parties that held closings name, then look at those closings again.

    Returns for how many establishments Exact could be asked.
    """
    naming = _reachable().filter(establishment__in=_select_held_for_third_parties().values("establishment"))
    rows = in_turn(naming, "pk", limit=BATCH)
    return each_alone(Activation, rows, _learn_for_closings, loop="learn_for_closings", expected=(ExactError,))


def learn_and_recheck() -> int:
    """Look up in Exact the third parties that activations name and the catalogue does not hold.

    Returns for how many Exact could be asked.
    """
    rows = in_turn(_reachable().filter(problems__contains=MISSES_A_PARTY), "pk", limit=BATCH)
    return each_alone(Activation, rows, _learn_for_settings, loop="learn_for_settings", expected=(ExactError,))


def _reachable() -> QuerySet[Activation]:
    """Activations whose company can be asked. Without a consent a call is useless: a person must renew it first."""
    return Activation.objects.filter(usable("division__connection__"), active=True)


def _select_held_for_third_parties() -> QuerySet[StoredClosing]:
    return StoredClosing.objects.filter(state=ClosingState.HELD, problems__contains=MISSES_A_PARTY)


def _learn_for_closings(activation_id: int) -> None:
    activation = Activation.objects.select_related("division__app", "division__connection").get(pk=activation_id)
    held = _select_held_for_third_parties().filter(due(), establishment=activation.establishment_id)
    of_it = [*held.order_by(*OLDEST).values_list("pk", "put_off_count", "problems")[:BATCH]]
    codes = {code for _pk, _times, problems in of_it for code in _unknown_parties(problems)}
    if learn_third_parties(activation.division, codes):
        _reconsider_each(((pk, times) for pk, times, _problems in of_it), why=Why.THIRD_PARTY_FOUND)


def _learn_for_settings(activation_id: int) -> None:
    activation = Activation.objects.select_related("establishment", "division__app", "division__connection").get(
        pk=activation_id
    )
    if learn_third_parties(activation.division, {*_unknown_parties(activation.problems)}):
        recheck(activation.establishment, way="nightly")


def _unknown_parties(problems: list[dict[str, Any]]) -> Iterator[str]:
    for problem in problems:
        if problem["code"] == THIRD_PARTY_UNKNOWN:
            yield problem["facts"]["third_party"]


def _reconsider_each(rows: Iterable[Row], *, why: str) -> int:
    return each(StoredClosing, rows, partial(reconsider, why=why), loop=why)
