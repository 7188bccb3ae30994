"""Finding what is due by looking at the database: every message of ours may be lost."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from exact.activation import learn_third_parties, recheck
from exact.models import Activation, Division, Lane, Posting
from exact.states import OPEN
from exports.accept import reconsider
from exports.models import Export, ExportState
from exports.park import park, stopped_closings

BATCH = 500
NIGHTLY = timedelta(hours=20)


def due_divisions() -> list[int]:
    """Divisions with open postings whose lane is free and not paused, each once."""
    open_postings = Posting.objects.filter(division=OuterRef("division"), state__in=OPEN)
    due = Lane.objects.filter(
        Q(leased_until=None) | Q(leased_until__lt=Now()),
        Q(paused_until=None) | Q(paused_until__lte=Now()),
        Exists(open_postings),
    )
    return [*due.values_list("division", flat=True)]


def unreconciled_divisions() -> list[int]:
    """Divisions that closings go to and that were not compared with Exact since yesterday, longest ago first."""
    due = Division.objects.filter(
        Q(reconciled_at=None) | Q(reconciled_at__lt=Now() - NIGHTLY), activations__active=True
    )
    return [*due.order_by(F("reconciled_at").asc(nulls_first=True)).values_list("pk", flat=True).distinct()]


def park_stopped() -> int:
    """Take back what must not be sent any more. Returns how many closings."""
    ids = stopped_closings(BATCH)
    for pk in ids:
        park(pk)
    return len(ids)


def release_waiting() -> int:
    """Look again at closings that wait although their establishment is active now. Returns how many."""
    active = Activation.objects.filter(active=True).values("establishment")
    waiting = Export.objects.filter(state=ExportState.WAITING, establishment__in=active).order_by(
        "business_date", "closed_at"
    )
    return _again(waiting.values_list("pk", flat=True)[:BATCH], why="activated")


def release_mended() -> int:
    """Look again at held closings whose establishment's mapping, or whose company, changed since the last look."""
    changed = Q(establishment__mapping__updated_at__gt=F("state_since")) | Q(
        establishment__activation__checked_at__gt=F("state_since"), establishment__activation__active=True
    )
    mended = Export.objects.filter(changed, state=ExportState.HELD).order_by("business_date", "closed_at")
    return _again(mended.values_list("pk", flat=True)[:BATCH], why="settings changed")


def learn_and_release() -> int:
    """Look up in Exact the third parties that held closings name, then look at those closings again."""
    held = Export.objects.filter(state=ExportState.HELD, problems__contains=[{"code": "third_party_unknown"}])
    learnt: set[UUID] = set()
    for activation in Activation.objects.filter(active=True, establishment__in=held.values("establishment")):
        of_it = held.filter(establishment=activation.establishment_id)[:BATCH]
        codes = {code for export in of_it for code in _unknown_parties(export.problems)}
        if learn_third_parties(activation.division, codes):
            learnt |= {export.pk for export in of_it}
    return _again(learnt, why="third party found in Exact")


def learn_and_recheck() -> int:
    """Look up in Exact the third parties that activations name and the catalogue does not hold. Returns how many."""
    broken = Activation.objects.filter(active=True, problems__contains=[{"code": "third_party_unknown"}])
    learnt = 0
    for activation in broken.select_related("division", "establishment"):
        if learn_third_parties(activation.division, {*_unknown_parties(activation.problems)}):
            recheck(activation.establishment, way="nightly")
            learnt += 1
    return learnt


def _unknown_parties(problems: list[dict[str, Any]]) -> Iterator[str]:
    for problem in problems:
        if problem["code"] == "third_party_unknown":
            yield problem["facts"]["third_party"]


def _again(ids: Iterable[UUID], *, why: str) -> int:
    pks = [*ids]
    for pk in pks:
        reconsider(pk, why=why)
    return len(pks)
