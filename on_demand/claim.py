"""Claiming an export: a lease in its row gives it to one worker at a time; only this one stores progress and the end.

Leases end by the database's clock: a worker whose own is wrong neither keeps an export nor takes one from another.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from ledger.problem import Problem
from on_demand.delivered import note_delivered
from on_demand.models import UNFINISHED, FileContent, MailState, OnDemandExport, OnDemandState
from on_demand.validated import Validation, note_validated

LEASE = timedelta(minutes=2)
LONG_LEASE = timedelta(minutes=15)
ATTEMPTS_MAX = 5
WRITE_EVERY_S = 0.5


class Stopped(Exception):
    """The export was cancelled, or another worker has it: stop, and store nothing more."""


class Claimed:
    """An export in this worker's hands."""

    def __init__(self, export: OnDemandExport) -> None:
        self.export = export
        self._mine = OnDemandExport.objects.filter(pk=export.pk, fence=export.fence, state=OnDemandState.RUNNING)
        self._written = 0.0

    def begin(self, total: int) -> None:
        """Say how many steps there are. Raises `Stopped`."""
        self.export.done, self.export.total = 0, total
        self._write(LEASE)

    def step(self, count: int = 1) -> None:
        """Count steps and keep the lease, on disk twice a second at most. Raises `Stopped`."""
        self.export.done += count
        if time.monotonic() - self._written >= WRITE_EVERY_S:
            self._write(LEASE)

    def keep(self) -> None:
        """Prolong the lease during many small steps that are not counted. Raises `Stopped`."""
        self.step(0)

    def hold_long(self) -> None:
        """Prolong the lease for a step that calls Exact. Raises `Stopped`."""
        self._write(LONG_LEASE)

    def hand_over(self) -> None:
        """Note that every closing was looked at; Exact's lanes end those under way. Raises `Stopped`."""
        self._change(handed_over_at=timezone.now(), done=self.export.total)

    def let_go(self) -> None:
        """Give the export back, as there is nothing to do until the lanes have ended. Raises `Stopped`."""
        self._change(leased_until=Now(), attempts=0)

    def finish(self, state: OnDemandState, **changes: Any) -> None:
        """Store that the export has ended. Raises `Stopped`."""
        mail = MailState.DUE if self.export.email else MailState.NONE
        self._change(state=state, finished_at=timezone.now(), leased_until=None, mail_state=mail, **changes)

    def deliver(self, content: FileContent, validations: Iterable[Validation], **changes: Any) -> None:
        """Store the end of an export and the content of its file, in one transaction.

        Raises `Stopped`; `DeliveredMeanwhile` or `ValidatedMeanwhile` when another has just delivered some of it.
        """
        with transaction.atomic():
            self.finish(OnDemandState.DONE, content=content, **changes)
            if self.export.for_import:
                note_delivered(self.export)
            else:
                note_validated(self.export, content, validations)

    def _write(self, lease: timedelta) -> None:
        self._change(done=self.export.done, total=self.export.total, leased_until=Now() + lease)
        self._written = time.monotonic()

    def _change(self, **changes: Any) -> None:
        if self._mine.update(**changes) != 1:
            raise Stopped(str(self.export.pk))


def claim(export_id: UUID) -> Claimed | None:
    """Take an export that is queued, or whose worker died. None when this worker has nothing to do.

    An export during which five workers died is not given to a sixth: it fails.
    """
    free = Q(state=OnDemandState.QUEUED) | Q(state=OnDemandState.RUNNING, leased_until__lt=Now())
    due = OnDemandExport.objects.filter(free, pk=export_id)
    taken = due.filter(attempts__lt=ATTEMPTS_MAX).update(
        state=OnDemandState.RUNNING, fence=F("fence") + 1, attempts=F("attempts") + 1, leased_until=Now() + LEASE
    )
    if taken:
        return Claimed(OnDemandExport.objects.select_related("tenant", "establishment", "asked_by").get(pk=export_id))
    broke = Problem(code="run_broke").to_document()
    due.filter(attempts__gte=ATTEMPTS_MAX).update(
        state=OnDemandState.FAILED,
        finished_at=timezone.now(),
        leased_until=None,
        problems=[broke],
        mail_state=_mail_due(),
    )
    return None


def cancel(export_id: UUID) -> bool:
    """Stop an export between two closings. Entries under way to Exact go on. Returns whether it was not over yet."""
    unfinished = OnDemandExport.objects.filter(pk=export_id, state__in=UNFINISHED)
    return unfinished.update(state=OnDemandState.CANCELLED, finished_at=timezone.now(), leased_until=None) == 1


def _mail_due() -> Any:
    return Case(When(email="", then=Value(MailState.NONE)), default=Value(MailState.DUE))
