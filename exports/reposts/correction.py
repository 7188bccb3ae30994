"""Correcting one booked closing: its entries that today's settings would book otherwise are replaced.

Its other entries are left alone. The steps are those of a replacement (`exports.reposts.replace`), so a crash at any
moment books nothing twice, and a closing whose entries are right is never touched.
"""

from typing import NamedTuple
from uuid import UUID

from booking.mapping import stamp_of
from booking.models import Mapping
from exact.lane.states import STANDING
from exact.models import IN_TURN, Posting
from exports.models import ClosingState, Overtaken, StoredClosing
from exports.reposts.moves import differing
from exports.reposts.overtaken import meant_entries
from exports.reposts.replace import SWITCHED_OFF, CannotReplace, DryRun, dry_run, dry_run_of_further
from exports.way.prepare import WHERE_CLOSINGS_GO, Destination
from ledger.entry import Entry, EntryKind


def dry_run_of(closing_id: UUID, *, shown: str) -> DryRun:
    """What the correction of a closing would replace, as Exact holds it now. Changes nothing there.

    `shown` is the stamp of the settings that a person saw the correction under. Raises `CannotReplace` when they are
    others now, or there is nothing to correct, or any `ExactError`.
    """
    closing = StoredClosing.objects.select_related(*WHERE_CLOSINGS_GO, "remainder").get(pk=closing_id)
    destination = Destination.of(closing.establishment).of_what_stands()
    if stamp_of(destination.mapping) != shown:
        raise CannotReplace("correct_settings_changed")
    if closing.state != ClosingState.EXPORTED:
        raise CannotReplace("correct_moved_on")
    asked = _find_differing(closing, destination)
    if asked.going:
        first, *others = asked.going
        found = dry_run(first, also=others, for_people=False)
    elif asked.staying and asked.further:
        found = dry_run_of_further(asked.staying[0])
    else:
        Overtaken.objects.filter(closing=closing).delete()
        raise CannotReplace("correct_nothing")
    # The dry run read the settings again: if they changed in between, they are not those that were shown.
    if stamp_of(Mapping.objects.get(establishment=closing.establishment_id)) != shown:
        raise CannotReplace("correct_settings_changed")
    return found


class _Differing(NamedTuple):
    """A closing's postings compared with today's settings by kind and journal: `going` would be booked otherwise,
    `staying` the same; `further`: an entry is missing of a kind and journal of which none is booked."""

    going: list[UUID]
    staying: list[UUID]
    further: bool


def _find_differing(closing: StoredClosing, destination: Destination) -> _Differing:
    if not destination.is_on:
        raise CannotReplace(SWITCHED_OFF)
    meant = meant_entries(closing, destination)
    if meant is None:
        raise CannotReplace("replace_not_bookable")
    rows = Posting.objects.filter(STANDING, closing_id=closing.pk).order_by(*IN_TURN)
    stands = {it.pk: (EntryKind(it.entry_kind), it.journal, Entry.from_document(it.entry)) for it in rows}
    others = differing((entry for _kind, _journal, entry in stands.values()), meant)
    keys = {pk: (kind, journal) for pk, (kind, journal, _entry) in stands.items()}
    return _Differing(
        going=[pk for pk, key in keys.items() if key in others],
        staying=[pk for pk, key in keys.items() if key not in others],
        further=bool(others - {*keys.values()}),
    )
