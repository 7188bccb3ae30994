"""A refused second closing of a number that is the corrected version of the first, by a person's word.

It becomes a closing of its own, the next `version` of its number, held until the former one is set aside
(`StoredClosing.corrects`). What that one has in Exact is taken out first; then the corrected one is decided on.
Whatever ends in between, the corrected closing is there and says what it waits for.
"""

from clyo_ingest.models import Push
from clyo_ingest.receive import Received, receive
from clyo_ingest.restarts import CannotTake, closing_of, may_be_taken
from exact.models import Posting
from exports.models import ClosingState, StoredClosing
from exports.reposts.replace import REPLACEABLE
from exports.reposts.take_out import leave_unbooked, leaving, take_out
from exports.way.accept import reconsider
from exports.way.set_aside import set_aside
from exports.words.reasons import Why
from tenants.models import User

ON_ITS_WAY = (ClosingState.READY, ClosingState.EXPORTING)


def former_of(push: Push) -> StoredClosing:
    """The version of the closing that stands now, which a refused push would correct. Raises `CannotTake`."""
    if not may_be_taken(push) or push.closing is None:
        raise CannotTake
    first = push.closing
    newest = (
        type(first)
        .objects.filter(till=first.till_id, kind=first.kind, scope=first.scope, era=first.era, number=first.number)
        .order_by("-version")
    )
    return newest.select_related("export").first().export  # type: ignore[union-attr]


def take_corrected(push: Push, *, why: str, by: User) -> Received:
    """Take a refused push as the corrected version of its closing, and set the former one aside.

    The push keeps what the till was answered. Raises `CannotTake` where there is nothing to take, or the former version
    is on its way; and, with the corrected one held, what `exports.reposts.take_out` raises.
    """
    former = former_of(push)
    if former.state in ON_ITS_WAY:
        raise CannotTake
    received = receive(push, closing_of(push), correcting=True)
    if received.new:
        _make_room(received.export, former, why=why, by=by)
    return received


def _make_room(corrected: StoredClosing, former: StoredClosing, *, why: str, by: User) -> None:
    if Posting.objects.filter(closing_id=former.pk, state__in=REPLACEABLE, reverses=None).exists():
        take_out(leaving(former), actor=by, why=why, instead=corrected.pk)
        return
    if former.state == ClosingState.FAILED:
        leave_unbooked(former.pk, actor=by, why=why, instead=corrected.pk)
        return
    set_aside(former.pk, actor=by, why=why, instead=corrected.pk)
    reconsider(corrected.pk, actor=by, why=Why.ANOTHER_SET_ASIDE)
