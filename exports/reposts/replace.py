"""Replacing an entry that is booked in Exact, differs there, or was deleted there, by new ones.

A dry run first shows what Exact holds beside what would be posted, and the order stores exactly those entries. The
closing's other entries are kept; where no new entry would be right beside them, all of the closing's entries are
replaced together. An open entry is deleted; one that was processed, or is in a closed period, gets a reversal. When all
old ones are gone, the new ones are posted (`exports.way.ended_postings`). Each step is a posting of its own in the
lane, so a crash at any moment books nothing twice (docs/decisions/0004).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from exact.api.client import ExactClient
from exact.api.clients import division_client
from exact.books.mirror import read_entries
from exact.books.reconcile import stands_as_posted
from exact.company.catalogue import Catalogue
from exact.entries.check import check_entry_in_exact
from exact.entries.payloads import codes_in, resources_to_search
from exact.lane.postings import entries_in_exact
from exact.lane.states import IN_EXACT, REPLACEABLE, is_replaceable, move
from exact.models import BEGUN, IN_TURN, BookLine, Division, Posting, PostingState
from exports.models import ClosingState, Overtaken, Replaced, Replacement, ReplacementWay, StoredClosing
from exports.nudge import nudge_lane_after_commit
from exports.way.decide import Complete, Held, Look, Ready, Waiting, decide
from exports.way.ended_postings import put_in_place, take_out
from exports.way.prepare import WHERE_CLOSINGS_GO, Destination
from exports.way.shown_digest import name_of
from exports.way.standing import Standing
from exports.way.states import move_closing
from ledger.entry import Entry
from ledger.problem import Problem
from postgres.transactions import assert_in_transaction
from tenants.models import User

PERIOD_CLOSED = "period_closed"
NOT_BOOKABLE = "replace_not_bookable"
SWITCHED_OFF = "replace_switched_off"
# Problems of new entries beside the closing's other ones: with any of them, all of its entries are replaced.
STANDS_IN_THE_WAY = frozenset({"standing_otherwise", "standing_other_customer"})


class CannotReplace(Exception):
    """Why an entry cannot be replaced; `code` names the sentence people read, `problems` say the rest."""

    def __init__(self, code: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """An entry to be taken out: the lines that Exact `held` of it, and its `reversal` if it cannot be deleted there."""

    posting: Posting
    way: ReplacementWay
    held: list[BookLine]
    reversal: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a replacement would do: `olds` go, the asked one first, then `entries` are posted.

    `posting`: the one that was asked about; where only further entries are missing it stays, and no entry is taken out.
    `beside`: the closing's postings that stay as they are.
    """

    posting: Posting
    olds: tuple[Old, ...]
    entries: tuple[Entry, ...]
    beside: frozenset[UUID]
    payment_condition: str
    cost_center: str

    @property
    def way(self) -> ReplacementWay:
        """How the entry of `posting` is taken out."""
        return self.olds[0].way

    @property
    def digest(self) -> str:
        """A digest of all that a person sees, by which an order is compared with what was shown."""
        return name_of(
            [
                [told_of(old) for old in self.olds],
                [entry.to_document() for entry in self.entries],
                sorted(map(str, self.beside)),
                self.payment_condition,
                self.cost_center,
            ]
        )


def told_of(old: Old) -> list[object]:
    """What a person sees of an old entry, for a digest: its lines in Exact, and how it is taken out."""
    held = sorted((str(it.line_id), it.account, str(it.amount), it.date.isoformat()) for it in old.held)
    return [str(old.posting.pk), old.way, held, old.reversal.to_document() if old.reversal else None]


def dry_run(posting_id: UUID, *, also: Collection[UUID] = (), for_people: bool = True) -> DryRun:
    """Look at Exact and at today's settings, change nothing there. Raises `CannotReplace` or any `ExactError`.

    `also`: further postings of the closing to replace with it. `for_people`: a person waits for the answer, so it may
    use the calls to Exact that are reserved for people.
    """
    posting = Posting.objects.select_related("division__app").get(pk=posting_id)
    if not is_replaceable(posting):
        raise CannotReplace("replace_not_posted")
    if Posting.objects.filter(closing_id=posting.closing_id, state__in=BEGUN).exists():
        raise CannotReplace("replace_under_way")
    closing = StoredClosing.objects.select_related(*WHERE_CLOSINGS_GO).get(pk=posting.closing_id)
    destination = Destination.of(closing.establishment).of_what_stands()
    if destination.division is None or destination.division.pk != posting.division_id:
        raise CannotReplace("replace_other_company")
    # Entries that differ in Exact from what was sent are replaced too: new ones beside them would not add up.
    with_it = _others_that_stand(posting).filter(Q(state=PostingState.DIFFERS) | Q(pk__in=also))
    going = [posting, *with_it]
    standing = Standing.of(closing.pk, but=frozenset(it.pk for it in going))
    entries, problems = _book_beside(closing, standing, destination)
    if {problem.code for problem in problems} & STANDS_IN_THE_WAY:
        going = [posting, *_others_that_stand(posting)]
        standing = Standing()
        entries, problems = _book_beside(closing, standing, destination)
    if any(it.division_id != posting.division_id for it in going):
        raise CannotReplace("replace_other_company")
    _refuse_what_is_in_the_way(problems)
    olds, entries = choose_ways(going, entries, for_people=for_people)
    return _dry_run(posting, olds, entries, standing, destination)


def dry_run_of_further(posting_id: UUID) -> DryRun:
    """A dry run that takes nothing out: the entries that today's settings book beside all booked ones of the closing.

    Exact is not asked. Raises `CannotReplace`.
    """
    posting = Posting.objects.select_related("division__app").get(pk=posting_id)
    closing = StoredClosing.objects.select_related(*WHERE_CLOSINGS_GO).get(pk=posting.closing_id)
    destination = Destination.of(closing.establishment).of_what_stands()
    standing = Standing.of(closing.pk)
    if destination.division is None or standing.divisions != {destination.division.pk}:
        raise CannotReplace("replace_other_company")
    entries, problems = _book_beside(closing, standing, destination)
    _refuse_what_is_in_the_way(problems)
    if not entries:
        raise CannotReplace("correct_nothing")
    day = _day_of_correction(posting.division, entries)
    return _dry_run(posting, (), tuple(replace(it, date=day) for it in entries), standing, destination)


def list_in_the_way(closing: StoredClosing) -> list[Problem]:
    """What keeps all that today's settings book of a closing out of its company, a closed period aside. Exact is not
    asked. Load the closing with `WHERE_CLOSINGS_GO`."""
    try:
        _entries, problems = _book_beside(closing, Standing(), Destination.of(closing.establishment).of_what_stands())
    except CannotReplace:
        return []
    return [it for it in problems if it.code != PERIOD_CLOSED]


def _refuse_what_is_in_the_way(problems: Iterable[Problem]) -> None:
    in_the_way = tuple(it for it in problems if it.code != PERIOD_CLOSED)
    if in_the_way:
        raise CannotReplace(NOT_BOOKABLE, in_the_way)


def _dry_run(
    posting: Posting, olds: tuple[Old, ...], entries: tuple[Entry, ...], standing: Standing, destination: Destination
) -> DryRun:
    return DryRun(
        posting=posting,
        olds=olds,
        entries=entries,
        beside=standing.postings,
        payment_condition=destination.overrides.payment_condition,
        cost_center=destination.overrides.cost_center,
    )


def _book_beside(
    closing: StoredClosing, standing: Standing, destination: Destination
) -> tuple[tuple[Entry, ...], list[Problem]]:
    """Today's entries beside those that stay, and their problems. A refused entry is not made: it is reposted."""
    unsent = Posting.objects.filter(closing_id=closing.pk, state__in=(PostingState.REFUSED, PostingState.PENDING))
    apart = tuple(Entry.from_document(it.entry) for it in unsent.filter(reverses=None)) if standing.postings else ()
    look = Look.at(closing, (*standing.entries, *apart), standing.divisions)
    match decide(look, destination):
        case Ready(entries=entries):
            return entries, []
        case Complete():
            return (), []
        case Held(problems=problems, entries=entries):
            return entries, look.holding(problems)
        case Waiting():
            raise CannotReplace(SWITCHED_OFF)
    raise CannotReplace(NOT_BOOKABLE)


def _others_that_stand(posting: Posting) -> QuerySet[Posting]:
    rows = Posting.objects.filter(REPLACEABLE, closing_id=posting.closing_id)
    return rows.exclude(pk=posting.pk).select_related("division__app").order_by(*IN_TURN)


def choose_ways(
    going: Sequence[Posting], entries: tuple[Entry, ...], *, for_people: bool = True
) -> tuple[tuple[Old, ...], tuple[Entry, ...]]:
    """How each old entry is taken out, and the new entries with the date they are booked on."""
    with division_client(going[0].division, for_people=for_people) as client:
        olds = [_old(client, posting, entries) for posting in going]
    reversed_ones = [old for old in olds if old.way is ReplacementWay.REVERSE]
    if not reversed_ones:
        return tuple(olds), entries
    undone = [_negate(Entry.from_document(old.posting.entry)) for old in reversed_ones]
    day = _day_of_correction(going[0].division, [*undone, *entries])
    reversals = iter(replace(entry, date=day) for entry in undone)
    dated = (replace(old, reversal=next(reversals)) if old in reversed_ones else old for old in olds)
    return tuple(dated), tuple(replace(entry, date=day) for entry in entries)


def _old(client: ExactClient, posting: Posting, entries: Sequence[Entry]) -> Old:
    entry = Entry.from_document(posting.entry)
    resources = resources_to_search(entry, Catalogue(posting.division, codes=codes_in(entry)))
    found = entries_in_exact(client, posting, resources)
    read_entries(posting.division, client, posting, [it.entry_id for it in found])
    held = [*BookLine.objects.filter(posting=posting)]
    if not found:
        return Old(posting=posting, way=ReplacementWay.AGAIN, held=held)
    closed = any(_is_closed(posting.division, it) for it in (entry, *entries))
    if not closed and not any(it.processed for it in found):
        return Old(posting=posting, way=ReplacementWay.DELETE, held=held)
    if not stands_as_posted(posting, held):
        # A reversal undoes what we posted; what a bookkeeper made of it since, only a bookkeeper can undo.
        raise CannotReplace("replace_changed_and_processed")
    return Old(posting=posting, way=ReplacementWay.REVERSE, held=held)


def order(shown: DryRun, *, actor: User | None, why: str) -> Replacement:
    """Order what the dry run showed. Raises `CannotReplace` when the closing or its postings changed since."""
    posting = shown.posting
    with transaction.atomic():
        closing = StoredClosing.objects.select_for_update(of=("self",)).get(pk=posting.closing_id)
        _still_as_shown(shown)
        row = Replacement(
            closing=closing,
            posting=posting,
            entries=[entry.to_document() for entry in shown.entries],
            beside=sorted(map(str, shown.beside)),
            payment_condition=shown.payment_condition,
            cost_center=shown.cost_center,
            asked_by=actor,
        )
        begin(row, shown.olds, why=why)
        if not shown.olds:
            put_in_place(closing, row)
    return row


def begin(order: Replacement, olds: Iterable[Old], *, why: str) -> None:
    """Store an order and begin to take the old entries out. Must run inside the transaction that locks the closing.

    If no entry stays, the entries that Exact refused are made anew too: they are looked up there first.
    """
    assert_in_transaction()
    closing, actor = order.closing, order.asked_by
    move_closing(closing, ClosingState.EXPORTING, actor=actor, why=why)
    order.tenant_id = closing.tenant_id
    order.save(force_insert=True)
    for old in olds:
        replaced = Replaced.objects.create(
            tenant_id=closing.tenant_id,
            replacement=order,
            posting=old.posting,
            way=old.way,
            reversal=old.reversal and old.reversal.to_document(),
        )
        take_out(closing, replaced, actor=actor, why=why)
        nudge_lane_after_commit(old.posting.division_id)
    Overtaken.objects.filter(closing=closing).delete()
    if not order.beside:
        _look_for_refused(closing, actor=actor, why=why)


def _look_for_refused(closing: StoredClosing, *, actor: User | None, why: str) -> None:
    """Have the closing's refused entries looked up in Exact, as the whole closing is booked anew."""
    for posting in Posting.objects.filter(closing_id=closing.pk, state=PostingState.REFUSED, reverses=None):
        move(posting, PostingState.SOUGHT, actor=actor, why=why, lookups=0)
        nudge_lane_after_commit(posting.division_id)


def _still_as_shown(shown: DryRun) -> None:
    closing_id = shown.posting.closing_id
    now = {it.pk: it.state for it in Posting.objects.select_for_update(of=("self",)).filter(closing_id=closing_id)}
    if any(now[it.pk] not in IN_EXACT or now[it.pk] != it.state for it in (old.posting for old in shown.olds)):
        raise CannotReplace("replace_moved_on")
    if Replacement.objects.filter(closing=closing_id, done_at=None).exists() or set(now.values()) & {*BEGUN}:
        raise CannotReplace("replace_under_way")
    if Standing.of(closing_id, but=frozenset(old.posting.pk for old in shown.olds)).postings != shown.beside:
        raise CannotReplace("replace_moved_on")


def _is_closed(division: Division, entry: Entry) -> bool:
    catalogue = Catalogue(division, codes=codes_in(entry), day=entry.date)
    return any(problem.code == PERIOD_CLOSED for problem in check_entry_in_exact(entry, catalogue))


def _day_of_correction(division: Division, entries: Sequence[Entry]) -> date:
    """A correction is dated like what it corrects while that period is open, else today. Raises `CannotReplace`."""
    for day in _days(entries):
        if not any(_is_closed(division, replace(entry, date=day)) for entry in entries):
            return day
    raise CannotReplace("replace_period_closed")


def _days(entries: Sequence[Entry]) -> Iterator[date]:
    yield entries[0].date
    yield timezone.localdate()


def _negate(entry: Entry) -> Entry:
    lines = tuple(
        replace(line, amount=-line.amount, vat=None if line.vat is None else -line.vat) for line in entry.lines
    )
    return replace(entry, lines=lines)
