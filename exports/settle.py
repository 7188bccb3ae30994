"""What the end of a posting means for its closing."""

from exact.models import Posting, PostingState
from exact.states import NEEDS_A_PERSON, OVER
from exports.models import Export, ExportState
from exports.replace import give_up_replacement, mark_reversed, post_in_its_place
from exports.states import move_export


def settle(posting: Posting) -> None:
    """A posting came to its end: bring its closing's state up to date. Runs in the lane's own transaction."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=posting.closing_id)
    if posting.state == PostingState.WITHDRAWN:
        post_in_its_place(export, posting)
    elif posting.state == PostingState.DIFFERS:
        give_up_replacement(posting)
    elif posting.state == PostingState.POSTED and posting.reverses_id:
        mark_reversed(posting)
    states = set(Posting.objects.filter(closing_id=export.pk).exclude(state__in=OVER).values_list("state", flat=True))
    if states & set(NEEDS_A_PERSON):
        target = ExportState.FAILED
    elif states == {PostingState.POSTED}:
        target = ExportState.EXPORTED
    else:
        target = ExportState.EXPORTING
    if export.state != target and not (export.state == ExportState.FAILED and target == ExportState.EXPORTING):
        move_export(export, target, why="; ".join(posting.messages))
