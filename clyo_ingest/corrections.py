"""A refused second closing of a number that is the corrected version of the first, by a person's word.

It becomes a closing of its own, the next `version` of its number, held until the former one is set aside
(`StoredClosing.corrects`), and all before that one. What they have in Exact is taken out first; then the corrected one
is decided on.
Whatever ends in between, the corrected closing is there and says what it waits for.
"""

from clyo_ingest.models import Push, ReceivedClosing
from clyo_ingest.receive import Received, receive
from clyo_ingest.restarts import CannotTake, closing_of, may_be_taken
from exports.coverage.versions import earlier_versions, not_set_aside
from exports.models import ClosingState, StoredClosing
from exports.reposts.take_out import make_way
from tenants.models import User

ON_ITS_WAY = (ClosingState.READY, ClosingState.EXPORTING)


def former_of(push: Push) -> StoredClosing:
    """The newest version of the closing that is not set aside, which a refused push would correct; else the newest.

    Raises `CannotTake`.
    """
    if not may_be_taken(push) or push.closing is None:
        raise CannotTake
    first = push.closing
    place = {"till": first.till_id, "kind": first.kind, "scope": first.scope, "era": first.era, "number": first.number}
    newest = ReceivedClosing.objects.filter(**place).select_related("stored").latest("version").stored
    versions = not_set_aside([newest.pk, *earlier_versions(newest)])
    return versions.order_by("created_at").last() or newest


def take_corrected(push: Push, *, why: str, by: User) -> Received:
    """Take a refused push as the corrected version of its closing, and set the former ones aside.

    The push keeps what the till was answered. Raises `CannotTake` where there is nothing to take, or the former version
    is on its way; and, with the corrected one held, what `exports.reposts.take_out` raises.
    """
    former = former_of(push)
    if former.state in ON_ITS_WAY:
        raise CannotTake
    received = receive(push, closing_of(push), correcting=True)
    if received.new:
        make_way(received.stored, actor=by, why=why)
    return received
