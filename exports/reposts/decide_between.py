"""Two closings tell the same sales: a person says which counts, and the other is set aside with the reason.

What the other has in Exact is taken out first; the one that counts is looked at again when that is done
(`exports.way.set_aside.release_instead`). Undone by looking again at the one and setting the other aside.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from exact.lane.states import REPLACEABLE
from exact.models import Posting
from exports.coverage.anew import tickets_here
from exports.coverage.freed import archived_beside
from exports.coverage.parts import alike, beside_in_hours, beside_in_tickets
from exports.coverage.rows import lock_shop
from exports.coverage.versions import earlier_versions, not_set_aside
from exports.models import ClosingState, StoredClosing
from exports.reposts.take_out import Leaving, leave_unbooked, leaving, take_out
from exports.way.prepare import WHERE_CLOSINGS_GO, locked
from exports.way.set_aside import set_aside
from exports.way.shown_digest import ShownOtherwise, name_of
from ledger.closing import Closing
from tenants.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A held closing and its rivals. `leaving`: the rivals with entries in Exact, each with what would be taken out.

    `fellows`: archived closings of its kind whose sales the rivals tell; they would count together with it instead.
    """

    closing: StoredClosing
    rivals: tuple[StoredClosing, ...]
    fellows: tuple[StoredClosing, ...]
    leaving: dict[UUID, Leaving]

    @property
    def digest(self) -> str:
        """Changes with anything a person sees of the rivals."""
        going = sorted((str(pk), it.digest) for pk, it in self.leaving.items())
        others = sorted((str(it.pk), it.state) for it in (*self.rivals, *self.fellows))
        return name_of([self.closing.state, others, going])


def rivals_of(closing: StoredClosing) -> list[StoredClosing]:
    """The closings that count and tell sales of this one, and its earlier versions that are not set aside."""
    found = {*_find_rivals(closing), *not_set_aside(earlier_versions(closing)).values_list("pk", flat=True)}
    rows = StoredClosing.objects.filter(pk__in=found).exclude(pk=closing.pk)
    return [*rows.select_related(*WHERE_CLOSINGS_GO).order_by("created_at", "pk")]


def _find_rivals(stored: StoredClosing) -> Iterator[UUID]:
    closing, shop = Closing.from_document(stored.document), stored.establishment_id
    tickets = tickets_here(stored, closing)
    parts = beside_in_tickets(tickets, shop, stored.pk) if tickets else beside_in_hours(closing, shop, stored.pk)
    yield from (part.id for part in (*parts, *alike(closing, shop, stored.pk)))


def _find_fellows(closing: StoredClosing, rivals: Iterable[StoredClosing]) -> list[StoredClosing]:
    """The fellows of a closing, each once, in the order they came."""
    found = {it.pk: it for rival in rivals for it in archived_beside(rival) if it.kind == closing.kind}
    return [found[pk] for pk in sorted(found)]


def look_between(closing: StoredClosing) -> Between:
    """Read both sides, and the rivals' entries in Exact. Raises `CannotReplace`, or any `ExactError`."""
    rivals = rivals_of(closing)
    there = Posting.objects.filter(REPLACEABLE, closing_id__in=[it.pk for it in rivals])
    in_exact = {*there.values_list("closing_id", flat=True)}
    return Between(
        closing=closing,
        rivals=tuple(rivals),
        fellows=tuple(_find_fellows(closing, rivals)),
        leaving={it.pk: leaving(it) for it in rivals if it.pk in in_exact},
    )


def let_others_count(shown: Between, *, actor: User, why: str) -> StoredClosing:
    """Set the held closing aside; its rivals stay as they are. Raises `CannotSetAside`."""
    return set_aside(shown.closing.pk, actor=actor, why=why, instead=shown.rivals[0].pk)


def let_this_count(shown: Between, *, actor: User, why: str) -> StoredClosing:
    """Set all rivals aside, or none; their entries are taken out of Exact first.

    Raises `CannotSetAside` or `CannotReplace`, and `ShownOtherwise` where the closing is not held any more.
    """
    with transaction.atomic():
        lock_shop(shown.closing.pk)
        closing = locked(shown.closing.pk)
        if closing.state != ClosingState.HELD:
            raise ShownOtherwise
        for rival in shown.rivals:
            if rival.pk in shown.leaving:
                take_out(shown.leaving[rival.pk], actor=actor, why=why, instead=closing.pk)
            else:
                leave_unbooked(rival.pk, actor=actor, why=why, instead=closing.pk)
    return closing
