"""Putting a new entry in the place of one that stands in Exact, differs there, or is gone from there.

A dry run first shows what Exact holds beside what would be posted; the order keeps that very entry. An open entry is
deleted and posted anew. One that was processed, or lies in a closed period, gets a reversal and a new entry. Each
step is a posting of its own in the lane, so a crash at any moment leaves nothing doubled (docs/decisions/0004).
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exact.calls import division_client
from exact.catalogue import Catalogue
from exact.mirror import read_entries
from exact.models import BookLine, Division, Posting, PostingState
from exact.payloads import codes_in
from exact.postings import entries_in_exact, next_revision, postings_of
from exact.preflight import check_entry_in_exact
from exact.reconcile import settle_replaced, stands_as_posted
from exact.states import move
from exports.models import Export, ExportState, Replacement, ReplacementWay
from exports.nudge import nudge_lane_after_commit
from exports.prepare import WHERE_CLOSINGS_GO, Destination, prepare
from exports.states import move_export
from ledger.check import check_closing
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.problem import Problem
from tenants.insertion import insert
from tenants.models import User

PERIOD_CLOSED = "period_closed"
REPLACEABLE = (PostingState.POSTED, PostingState.DIFFERS)


class CannotReplace(Exception):
    """Why an entry cannot be replaced; `code` names the sentence people read, `problems` say the rest."""

    def __init__(self, code: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a replacement would do: `held` is what Exact has now, `reversal` (if any) and `entry` what is posted."""

    posting: Posting
    way: ReplacementWay
    held: list[BookLine]
    entry: Entry
    reversal: Entry | None
    payment_condition: str
    cost_center: str

    @property
    def digest(self) -> str:
        """Changes with anything a person sees, so that an order can be held against what was shown."""
        held = sorted((str(it.line_id), it.account, str(it.amount), it.date.isoformat()) for it in self.held)
        reversal = self.reversal.to_document() if self.reversal else None
        text = json.dumps(
            [self.way, held, self.entry.to_document(), reversal, self.payment_condition, self.cost_center]
        )
        return hashlib.sha256(text.encode()).hexdigest()


def dry_run(posting_id: UUID) -> DryRun:
    """Look at Exact and at today's settings, change nothing there. Raises `CannotReplace` or any `ExactError`."""
    posting = Posting.objects.select_related("division__app").get(pk=posting_id)
    if posting.state not in REPLACEABLE or posting.reverses_id:
        raise CannotReplace("replace_not_posted")
    entry, condition, cost_center = _entry_of_today(posting)
    with division_client(posting.division) as client:
        found = entries_in_exact(client, posting, Catalogue(posting.division, codes=codes_in(entry)))
        read_entries(posting.division, client, posting, [it.entry_id for it in found])
    held = [*BookLine.objects.filter(posting=posting)]
    way = _way(posting, entry, standing=bool(found), processed=any(it.processed for it in found))
    reversal = None
    if way is ReplacementWay.REVERSE:
        if not stands_as_posted(posting, held):
            # A reversal undoes what we posted; what a bookkeeper made of it since, only a bookkeeper can undo.
            raise CannotReplace("replace_changed_and_processed")
        day = _day_of_correction(posting.division, entry)
        reversal = replace(_negated(Entry.from_document(posting.entry)), date=day)
        entry = replace(entry, date=day)
    return DryRun(
        posting=posting,
        way=way,
        held=held,
        entry=entry,
        reversal=reversal,
        payment_condition=condition,
        cost_center=cost_center,
    )


def order(shown: DryRun, *, actor: User | None, why: str) -> Replacement:
    """Have done what the dry run showed. Raises `CannotReplace` when the posting has moved on since."""
    posting = shown.posting
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).get(pk=posting.closing_id)
        standing = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
        if standing.state not in REPLACEABLE or standing.state != posting.state:
            raise CannotReplace("replace_moved_on")
        if Replacement.objects.filter(posting=posting, done_at=None).exists():
            raise CannotReplace("replace_under_way")
        row = Replacement.objects.create(
            tenant_id=export.tenant_id,
            export=export,
            posting=posting,
            way=shown.way,
            entry=shown.entry.to_document(),
            payment_condition=shown.payment_condition,
            cost_center=shown.cost_center,
            asked_by=actor,
        )
        if shown.reversal is not None:
            _post_reversal(export, standing, shown.reversal, row)
        else:
            move(standing, PostingState.REMOVING, why=why, actor=actor)
        move_export(export, ExportState.EXPORTING, actor=actor, why=why)
        nudge_lane_after_commit(posting.division_id)
    return row


def post_in_its_place(export: Export, withdrawn: Posting) -> None:
    """Exact no longer has the old entry: make the posting of the one that was ordered."""
    row = Replacement.objects.filter(posting=withdrawn, done_at=None).first()
    if row is None:
        return
    settle_replaced(withdrawn)
    _make(
        export,
        withdrawn,
        Entry.from_document(row.entry),
        payment_condition=row.payment_condition,
        cost_center=row.cost_center,
    )
    _done(row)


def mark_reversed(reversal: Posting) -> None:
    """The reversal stands in Exact: the entry it undoes counts no more."""
    assert reversal.reverses is not None
    settle_replaced(reversal.reverses)
    move(reversal.reverses, PostingState.REVERSED, why=reversal.reference)


def give_up_replacement(posting: Posting) -> None:
    """Exact did not let the old entry go: nothing new is posted, and a person may try another way."""
    for row in Replacement.objects.filter(posting=posting, done_at=None):
        _done(row)


def _post_reversal(export: Export, standing: Posting, reversal: Entry, row: Replacement) -> None:
    """Both at once: the new entry waits in the lane until its reversal stands in Exact."""
    for stuck in Posting.objects.filter(reverses=standing, state=PostingState.REFUSED):
        for waiting in Posting.objects.filter(after=stuck, state=PostingState.PENDING):
            move(waiting, PostingState.WITHDRAWN, why="replaced anew")
        move(stuck, PostingState.WITHDRAWN, why="replaced anew")
    undone = _make(
        export,
        standing,
        reversal,
        payment_condition=standing.payment_condition,
        cost_center=standing.cost_center,
        reverses=standing,
    )
    _make(
        export,
        standing,
        Entry.from_document(row.entry),
        payment_condition=row.payment_condition,
        cost_center=row.cost_center,
        after=undone,
    )
    _done(row)


def _make(
    export: Export,
    old: Posting,
    entry: Entry,
    *,
    payment_condition: str,
    cost_center: str,
    reverses: Posting | None = None,
    after: Posting | None = None,
) -> Posting:
    revision = next_revision(export.pk)
    made = postings_of(
        division=old.division,
        establishment_id=export.establishment_id,
        closing_id=export.pk,
        number=export.number,
        closed_at=export.closed_at,
        entries=[entry],
        payment_condition=payment_condition,
        cost_center=cost_center,
        revision=revision,
        reverses=reverses,
        after=after,
    )
    insert(made)
    return Posting.objects.get(closing_id=export.pk, revision=revision)


def _done(row: Replacement) -> None:
    Replacement.objects.filter(pk=row.pk).update(done_at=timezone.now())


def _entry_of_today(posting: Posting) -> tuple[Entry, str, str]:
    """The entry that the closing gives with today's settings, its payment condition and cost centre.

    Raises `CannotReplace` with what stands in the way.
    """
    export = Export.objects.select_related(*WHERE_CLOSINGS_GO).get(pk=posting.closing_id)
    closing = Closing.from_document(export.document)
    found = [problem for problem in check_closing(closing) if problem.code not in export.accepted_problems]
    prepared = prepare(export, closing, found, Destination.of(export.establishment))
    in_the_way = tuple(problem for problem in prepared.problems if problem.blocking and problem.code != PERIOD_CLOSED)
    if not prepared.entries or (prepared.state is ExportState.HELD and in_the_way):
        raise CannotReplace("replace_not_bookable", in_the_way)
    if prepared.activation is None or prepared.activation.division_id != posting.division_id:
        raise CannotReplace("replace_other_company")
    of_kind = [entry for entry in prepared.entries if entry.kind.value == posting.entry_kind]
    same = [entry for entry in of_kind if entry.journal == posting.journal] or of_kind
    if len(same) != 1:
        raise CannotReplace("replace_no_such_entry")
    return same[0], prepared.payment_condition, prepared.cost_center


def _way(posting: Posting, entry: Entry, *, standing: bool, processed: bool) -> ReplacementWay:
    if not standing:
        return ReplacementWay.AGAIN
    if processed or _closed(posting.division, entry):
        return ReplacementWay.REVERSE
    return ReplacementWay.DELETE


def _closed(division: Division, entry: Entry) -> bool:
    catalogue = Catalogue(division, codes=codes_in(entry), day=entry.date)
    return any(problem.code == PERIOD_CLOSED for problem in check_entry_in_exact(entry, catalogue))


def _day_of_correction(division: Division, entry: Entry) -> date:
    """A correction is dated like what it corrects while that period is open, else today. Raises `CannotReplace`."""
    for day in (entry.date, timezone.localdate()):
        if not _closed(division, replace(entry, date=day)):
            return day
    raise CannotReplace("replace_period_closed")


def _negated(entry: Entry) -> Entry:
    lines = tuple(
        replace(line, amount=-line.amount, vat=None if line.vat is None else -line.vat) for line in entry.lines
    )
    return replace(entry, lines=lines)
