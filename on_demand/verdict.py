"""The verdict on an export in one word: good if each closing is where it had to go and Exact holds it as posted."""

from enum import StrEnum, auto

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from on_demand.models import OnDemandExport, OnDemandState
from on_demand.outcome import LEFT_OUT


class Verdict(StrEnum):
    """The verdicts on an export; on one that is done, the first that applies."""

    QUEUED = auto()
    RUNNING = auto()
    CANCELLED = auto()
    FAILED = auto()
    UNREAD = auto()  # done, but Exact did not answer, so it was not compared
    DIFFERS = auto()  # done, and Exact holds something else than was posted
    LEFT_OUT = auto()  # done, but closings that should be booked are not where they had to go
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
# The console's classes of a box, by how an export stands.
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


def with_verdicts(exports: QuerySet[OnDemandExport]) -> QuerySet[OnDemandExport]:
    """The same exports, annotated for `verdict_of`: computed in the database, so that no large column is read."""
    return exports.annotate(verdict=_VERDICT)


def verdict_of(export: OnDemandExport) -> Verdict:
    """How an export of `with_verdicts` stands."""
    return Verdict(export.verdict)  # type: ignore[attr-defined] # annotated
