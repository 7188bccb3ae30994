"""What the end of a posting means for its closing."""

from exact.models import Posting, PostingState
from exact.states import NEEDS_A_PERSON
from exports.models import Export, ExportState
from exports.states import move_export


def settle(posting: Posting) -> None:
    """A posting came to its end: bring its closing's state up to date. Runs in the lane's own transaction."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=posting.closing_id)
    states = set(
        Posting.objects.filter(closing_id=export.pk)
        .exclude(state=PostingState.WITHDRAWN)
        .values_list("state", flat=True)
    )
    if states & set(NEEDS_A_PERSON):
        target = ExportState.FAILED
    elif states == {PostingState.POSTED}:
        target = ExportState.EXPORTED
    else:
        target = ExportState.EXPORTING
    if export.state != target and not (export.state == ExportState.FAILED and target == ExportState.EXPORTING):
        move_export(export, target, why="; ".join(posting.messages))
