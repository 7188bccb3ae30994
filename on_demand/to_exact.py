"""An export to Exact: each closing of its range that is not there yet is looked at again; nothing is sent twice.

Each closing is decided on while its row is locked, in the state it has then, so two exports over the same days, and
lanes that post meanwhile, cannot book an entry twice.
"""

from django.db import transaction

from exact.lane.states import MovedByAnother
from exports.models import ClosingState, StoredClosing
from exports.reposts.repost import CannotRepost, repost
from exports.way.accept import reconsider
from exports.words.reasons import Why
from ledger.problem import Problem
from on_demand.claim import Claimed
from on_demand.closings import LATE, closings_in, pages, why_archived
from on_demand.comparison import compare
from on_demand.exact_sums import ON_ITS_WAY, ExactSums
from on_demand.freeze import said_of_several
from on_demand.models import ARRIVED, OnDemandClosing, OnDemandClosingState, OnDemandExport, OnDemandState
from on_demand.outcome import WAITING, word_on_left_out
from on_demand.sheet import takings_document


def export_to_exact(claimed: Claimed) -> None:
    """Look at every closing of the range. The export is done when Exact's lanes have ended all postings of these.

    Raises `Stopped` when it is cancelled, between two closings.
    """
    export = claimed.export
    if export.handed_over_at is None:
        claimed.begin(closings_in(export).count())
        OnDemandClosing.objects.filter(export=export).delete()
        closings = (closing for page in pages(export) for closing in page)
        for place, closing in enumerate(closings, start=1):
            _take(export, closing, place)
            claimed.step()
        claimed.hand_over()
    if _under_way(export):
        claimed.let_go()
    else:
        claimed.hold_long()
        sums = _add_up(export)
        claimed.finish(
            OnDemandState.DONE,
            problems=[problem.to_document() for problem in (*_word_on_late(export), *word_on_left_out(export))],
            takings=takings_document(sums.takings.rates(), sums.takings.means(), sums.bridge()),
            comparison=compare(export),
        )


def _under_way(export: OnDemandExport) -> bool:
    return OnDemandClosing.objects.filter(
        export=export, state=OnDemandClosingState.TAKEN, closing__state__in=ON_ITS_WAY
    ).exists()


def _take(export: OnDemandExport, seen: StoredClosing, place: int) -> None:
    """Decide on one closing, with the export's row about it, in one transaction."""
    with transaction.atomic():
        before = StoredClosing.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        try:
            after = _look_again(export, before)
        except CannotRepost as refusal:
            state, problems = OnDemandClosingState.HELD, [Problem(code=refusal.code)]
        except MovedByAnother:
            state, problems = OnDemandClosingState.TAKEN, []  # the lane took an entry of it meanwhile: it is on its way
        else:
            state, problems = _outcome(seen, before, after)
        OnDemandClosing.objects.create(
            tenant_id=export.tenant_id,
            export=export,
            closing=before,
            place=place,
            state=state,
            problems=[problem.to_document() for problem in _note_late(export, before, state, problems)],
        )


def _note_late(
    export: OnDemandExport, closing: StoredClosing, state: OnDemandClosingState, problems: list[Problem]
) -> list[Problem]:
    """Note a late closing on the export's row: it came after the report of its month, so this report names it."""
    late = closing.business_date < export.first_date and state in ARRIVED
    return [*problems, LATE] if late else problems


def _word_on_late(export: OnDemandExport) -> list[Problem]:
    late = OnDemandClosing.objects.filter(export=export, problems__contains=[{"code": LATE.code}]).order_by("place")
    labels = [it.closing.full_name for it in late.select_related("closing__establishment").defer("closing__document")]
    return [*said_of_several({LATE.code: labels})] if labels else []


def _look_again(export: OnDemandExport, closing: StoredClosing) -> StoredClosing:
    if closing.state in (ClosingState.HELD, ClosingState.WAITING):
        return reconsider(closing.pk, actor=export.asked_by, why=Why.EXPORT_ASKED)
    if closing.state == ClosingState.FAILED:
        return repost(closing.pk, actor=export.asked_by, why=Why.EXPORT_ASKED)
    return closing


def _outcome(
    seen: StoredClosing, before: StoredClosing, after: StoredClosing
) -> tuple[OnDemandClosingState, list[Problem]]:
    match ClosingState(after.state):
        case ClosingState.EXPORTED:
            return OnDemandClosingState.ALREADY, []
        case ClosingState.ARCHIVED:
            seen.state, seen.problems = after.state, after.problems
            return OnDemandClosingState.SKIPPED, why_archived(seen)
        case ClosingState.READY | ClosingState.EXPORTING:
            return OnDemandClosingState.TAKEN, []
        case ClosingState.WAITING:
            return OnDemandClosingState.HELD, [WAITING]
    return OnDemandClosingState.HELD, [
        problem for it in after.problems if (problem := Problem.from_document(it)).blocking
    ]


def _add_up(export: OnDemandExport) -> ExactSums:
    """Add up what Exact holds of the export's closings, and store which of these closings are in Exact now."""
    sums = ExactSums(with_moving=False)
    for page in pages(export):
        there = sums.add(page)
        OnDemandClosing.objects.filter(export=export, closing_id__in=there).update(in_exact=True)
    return sums
