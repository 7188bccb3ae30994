"""What the end of a posting means beyond its closing's state, which follows it in the database (`exports.states`)."""

from exact.models import Posting, PostingState
from exports.models import Export
from exports.replace import give_up_replacement, mark_reversed, post_in_its_place


def settle(posting: Posting) -> None:
    """Go on with the replacement that a posting was part of. Runs in the lane's own transaction."""
    if posting.state == PostingState.WITHDRAWN:
        export = Export.objects.select_for_update(of=("self",)).get(pk=posting.closing_id)
        post_in_its_place(export, posting)
    elif posting.state == PostingState.DIFFERS:
        give_up_replacement(posting)
    elif posting.state == PostingState.POSTED and posting.reverses_id:
        mark_reversed(posting)
