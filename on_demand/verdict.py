"""In one word what became of a run: done is green only where all of it is where it was to go, and Exact holds it so."""

from enum import StrEnum, auto

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from on_demand.models import OnDemandExport, OnDemandState
from on_demand.outcome import LEFT_OUT


class Verdict(StrEnum):
    """How a run stands; of a done one the first that is true."""

    QUEUED = auto()
    RUNNING = auto()
    CANCELLED = auto()
    FAILED = auto()
    UNREAD = auto()  # done, and nobody knows what Exact holds: it did not answer
    DIFFERS = auto()  # done, and Exact holds something else than was posted
    LEFT_OUT = auto()  # done, and closings that are to be booked are not where they were to go
    DONE = auto()


WORDS = {
    Verdict.QUEUED: OnDemandState.QUEUED.label,
    Verdict.RUNNING: OnDemandState.RUNNING.label,
    Verdict.CANCELLED: OnDemandState.CANCELLED.label,
    Verdict.FAILED: OnDemandState.FAILED.label,
    Verdict.DIFFERS: _("done, with differences"),
    Verdict.UNREAD: _("done, Exact could not be read"),
    Verdict.LEFT_OUT: _("done, with closings left out"),
    Verdict.DONE: OnDemandState.DONE.label,
}
# The console's classes of a box, by how a run stands.
BOXES = {
    Verdict.FAILED: "danger",
    Verdict.DIFFERS: "warning",
    Verdict.UNREAD: "warning",
    Verdict.LEFT_OUT: "warning",
    Verdict.DONE: "good",
}


_VERDICT = Case(
    When(~Q(state=OnDemandState.DONE), then=F("state")),
    When(Q(comparison__trouble__isnull=False) & ~Q(comparison__trouble=""), then=Value(Verdict.UNREAD.value)),
    When(comparison__differing__gt=0, then=Value(Verdict.DIFFERS.value)),
    When(problems__contains=[{"code": LEFT_OUT}], then=Value(Verdict.LEFT_OUT.value)),
    default=Value(Verdict.DONE.value),
    output_field=CharField(),
)


def with_verdicts(runs: QuerySet[OnDemandExport]) -> QuerySet[OnDemandExport]:
    """The same runs, each with its `verdict`: the database reads what it asks, and none of the large columns comes."""
    return runs.annotate(verdict=_VERDICT)


def verdict_of(run: OnDemandExport) -> Verdict:
    """How a run of `with_verdicts` stands."""
    return Verdict(run.verdict)  # type: ignore[attr-defined] # annotated
