"""Finding the closings that are booked otherwise than today's settings would book them.

Looked for after each change of an establishment's settings, newest closings first, a batch at a time: the first batch
in the request that changed them, so that the page can show what was found, the others by workers. Each is stored as
an `Overtaken`, so that no page has to book thousands of closings anew to count them. Exact is not asked.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from booking.codes import CodeKind
from booking.effective import codes_named, effective_settings
from booking.models import Mapping
from exact.company.catalogue import ChartOnDemand
from exact.lane.states import STANDING
from exact.models import Activation, Posting, PostingState
from exports.coverage.rows import BOOKED, kept
from exports.models import ClosingState, Overtaken, SettingsLook, StoredClosing
from exports.reposts.moves import moves
from exports.way.decide import Complete, Held, Look, Ready, decide
from exports.way.prepare import Destination
from ledger.entry import Entry
from tenants.put_off import due, each

BATCH = 100
# How many batches a round has, some ten seconds; the establishments that are due share them.
BATCHES = 30
ON_ITS_WAY = Q(state__in=[PostingState.PENDING, PostingState.SENDING, PostingState.UNKNOWN], reverses=None)


def look_on() -> int:
    """Look at closings of the establishments whose settings were changed. Returns of how many establishments."""
    active = Activation.objects.filter(active=True).values("establishment")
    changed = Mapping.objects.filter(establishment__in=active).filter(
        Q(establishment__settings_look=None) | Q(updated_at__gt=F("establishment__settings_look__since"))
    )
    for mapping in changed.order_by("updated_at")[:BATCHES]:
        _begin(mapping)
    open_ones = SettingsLook.objects.filter(due(), done_at=None, establishment__in=active).order_by("since")
    rows = [*open_ones.values_list("pk", "put_off_count")[:BATCHES]]
    batches = BATCHES // max(1, len(rows))
    return each(SettingsLook, rows, partial(_look_some, batches=batches), loop="overtaken")


def _look_some(establishment_id: int, *, batches: int) -> None:
    for _batch in range(batches):
        if not look(establishment_id):
            return


def look(establishment_id: int, *, limit: int = BATCH) -> bool:
    """Compare the next closings of one establishment with its settings. Returns whether older ones are left."""
    with transaction.atomic():
        mapping = Mapping.objects.select_related("establishment").filter(establishment=establishment_id).first()
        activation = Activation.objects.select_related("division").filter(establishment=establishment_id).first()
        if mapping is None or activation is None or not activation.active:
            return False
        _begin(mapping)
        at = SettingsLook.objects.select_for_update().get(pk=establishment_id)
        if at.done_at is not None:
            return False
        rows = StoredClosing.objects.filter(establishment=establishment_id, state__in=BOOKED)
        if at.reached:
            rows = rows.filter(pk__lt=at.reached)
        closings = [*rows.select_related("establishment", "remainder").order_by("-pk")[:limit]]
        _keep(closings, _find(closings, mapping, activation))
        is_more = len(closings) == limit
        SettingsLook.objects.filter(pk=at.pk).update(
            reached=closings[-1].pk if closings else at.reached, done_at=None if is_more else Now()
        )
    return is_more


def _begin(mapping: Mapping) -> None:
    """Make sure that a comparison is noted; it starts anew if the settings were changed since it began."""
    own = SettingsLook.objects.filter(pk=mapping.establishment_id)
    fresh = {"since": mapping.updated_at, "reached": None, "done_at": None}
    SettingsLook.objects.bulk_create(
        [SettingsLook(establishment_id=mapping.establishment_id, tenant_id=mapping.tenant_id, **fresh)],
        ignore_conflicts=True,
    )
    own.filter(since__lt=mapping.updated_at).update(**fresh)


def _find(closings: list[StoredClosing], mapping: Mapping, activation: Activation) -> dict[UUID, Overtaken]:
    """The closings among these whose entries in the activation's company would be different now."""
    accounts = codes_named(effective_settings(mapping), CodeKind.GL_ACCOUNT)
    catalogue = ChartOnDemand(activation.division, accounts=accounts)
    destination = Destination.under(mapping, activation.division, catalogue)
    found = {}
    for closing, stands in _entries_of(closings, activation.division_id).items():
        meant = meant_entries(closing, destination)
        if meant is not None and (moved := moves(stands, _select_comparable(closing, stands, meant))):
            found[closing.pk] = Overtaken(
                closing=closing,
                tenant_id=closing.tenant_id,
                establishment_id=closing.establishment_id,
                day=min(entry.date for entry in stands),
                moves=[it.to_document() for it in moved],
            )
    return found


def meant_entries(closing: StoredClosing, destination: Destination) -> tuple[Entry, ...] | None:
    """The entries that today's settings make of a closing, as if none were booked; None where they cannot book it.

    What Exact would refuse, as for a closed period, does not matter here: that is said when it is corrected.
    """
    match decide(Look.at(closing, judged=kept), destination):
        case Ready(entries=entries):
            return entries
        case Held(entries=entries) if entries:
            return entries
        case Complete():
            raise AssertionError("looked at as if nothing stood")
    return None


def _select_comparable(closing: StoredClosing, stands: list[Entry], meant: tuple[Entry, ...]) -> list[Entry]:
    """The `meant` entries to compare with the booked ones: of a failed closing not those that are yet to come."""
    if closing.state != ClosingState.FAILED:
        return [*meant]
    there = {(it.kind, it.journal) for it in stands}
    return [it for it in meant if (it.kind, it.journal) in there]


def _entries_of(closings: Iterable[StoredClosing], division_id: int) -> dict[StoredClosing, list[Entry]]:
    """Each closing's entries that are in a company or on their way there; closings with any elsewhere are left out."""
    by_id = {closing.pk: closing for closing in closings}
    rows = Posting.objects.filter(STANDING | ON_ITS_WAY, closing_id__in=by_id).only("closing_id", "division", "entry")
    found: defaultdict[UUID, list[Entry]] = defaultdict(list)
    elsewhere = set()
    for posting in rows:
        found[posting.closing_id].append(Entry.from_document(posting.entry))
        if posting.division_id != division_id:
            elsewhere.add(posting.closing_id)
    return {by_id[pk]: entries for pk, entries in found.items() if pk not in elsewhere}


def _keep(closings: list[StoredClosing], found: dict[UUID, Overtaken]) -> None:
    gone = [closing.pk for closing in closings if closing.pk not in found]
    Overtaken.objects.filter(closing__in=gone).delete()
    Overtaken.objects.bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["closing"],
        update_fields=["day", "moves", "found_at"],
    )
