"""Comparing Exact's books with what was posted: each entry must be there, once and unchanged; else there is a finding.

Bookkeepers may change entries in their books, so nothing is repaired here. A person accepts a finding or replaces the
entry (`exports.reposts.replace`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exact.api.client import ExactClient
from exact.api.clients import division_client
from exact.api.errors import ExactError
from exact.books.difference import ENTRIES, Difference, differences, left_over
from exact.books.mirror import forget, read_changes, read_entries
from exact.company.facts import VAT_ACCOUNT
from exact.lane.records import settle_time
from exact.lane.states import OVER
from exact.models import BookLine, CatalogueItem, CatalogueKind, Division, Finding, FindingKind, Posting, PostingState
from exact.models import Settlement as How
from ledger.entry import Entry
from tenants.models import User

MISSING_LOOKUPS_MAX = 200
JUDGED = (PostingState.POSTED, *OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The difference that a comparison found for one posting."""

    kind: FindingKind
    details: list[dict[str, Any]]


def reconcile(division: Division) -> int:
    """Compare a division with Exact. Returns how many findings are open afterwards.

    Raises any `ExactError`; what was read until then is kept, and the next run goes on from there. In both cases the
    division's row says when it was tried last, and what prevented it.
    """
    try:
        return _reconcile(division)
    except ExactError as error:
        _note_tried(division, type(error).__name__)
        raise


def _note_tried(division: Division, trouble: str) -> None:
    division.read_tried_at, division.read_trouble = timezone.now(), trouble
    division.save(update_fields=["read_tried_at", "read_trouble"])


def _reconcile(division: Division) -> int:
    began = timezone.now()
    _notice_move(division)
    with division_client(division, for_people=False) as client:
        touched = read_changes(division, client)
        _read_unseen(division, client, before=began - settle_time())
    open_ones = Finding.objects.filter(posting__division=division, settled_at=None).values_list("posting_id", flat=True)
    unseen = _unseen(division, before=began - settle_time())
    judge(division, touched | {*open_ones} | {*unseen} | {*_find_left_over(division)})
    division.reconciled_at, division.compared_entries = began, _count_compared(division, before=began - settle_time())
    division.save(update_fields=["reconciled_at", "compared_entries"])
    _note_tried(division, "")
    return Finding.objects.filter(posting__division=division, settled_at=None).count()


def _count_compared(division: Division, *, before: datetime) -> int:
    """How many entries a comparison covers: those that were posted long enough before it."""
    return Posting.objects.filter(division=division, state=PostingState.POSTED, posted_at__lt=before).count()


def judge(division: Division, postings: Collection[UUID]) -> None:
    """Look at postings again and open, renew or settle their findings."""
    vat_accounts = accounts_of_vat(division)
    lines: defaultdict[UUID, list[BookLine]] = defaultdict(list)
    for line in BookLine.objects.filter(posting_id__in=postings):
        lines[line.posting_id].append(line)
    for posting in Posting.objects.filter(pk__in=postings, state__in=JUDGED):
        _record(posting, look_at(posting, lines[posting.pk], vat_accounts))


def stands_as_posted(posting: Posting, lines: list[BookLine]) -> bool:
    """Whether Exact's ledger holds the posting's entry, once and unchanged."""
    return seen_of(posting, lines) is None


def seen_of(posting: Posting, lines: list[BookLine]) -> Seen | None:
    """What is wrong with a posting's entry by its lines as last read. Makes no call."""
    return look_at(posting, lines, accounts_of_vat(posting.division))


def accept_finding(finding: Finding, *, actor: User, why: str) -> bool:
    """Settle a finding as accepted by a person, with the reason; it is reported again only when it changes.

    Does nothing, and returns False, if it is settled by now, or is not as it was shown any more.
    """
    same = Finding.objects.filter(pk=finding.pk, kind=finding.kind, details=finding.details)
    return _settle(same, How.ACCEPTED, actor=actor, why=why) == 1


def accepted_of(postings: Collection[UUID]) -> dict[UUID, Finding]:
    """The difference that a person accepted and nobody took back, of each of these postings (by id) that has one."""
    newest = (
        Finding.objects.filter(posting__in=postings).order_by("posting_id", "-found_at", "-pk").distinct("posting_id")
    )
    found = newest.select_related("settled_by", "posting")
    return {it.posting_id: it for it in found if it.settlement == How.ACCEPTED}


def reopen(finding: Finding, *, actor: User, why: str) -> bool:
    """Take the acceptance of a difference back: it is open again, with the reason, and its row of before stays.

    Does nothing, and returns False, if it is taken back by now, or another difference was found since.
    """
    with transaction.atomic():
        Posting.objects.select_for_update().get(pk=finding.posting_id)
        last = Finding.objects.filter(posting=finding.posting_id).order_by("found_at", "pk").last()
        if last is None or last.pk != finding.pk or last.settlement != How.ACCEPTED:
            return False
        Finding.objects.create(
            tenant_id=finding.tenant_id,
            posting_id=finding.posting_id,
            kind=finding.kind,
            details=finding.details,
            reopened_by=actor,
            reopened_why=why,
        )
    return True


def settle_replaced(posting: Posting) -> None:
    """Settle the finding of a posting whose entry was taken out of Exact or reversed there."""
    BookLine.objects.filter(posting=posting).delete()
    _settle(Finding.objects.filter(posting=posting), How.REPLACED)


def look_at(posting: Posting, lines: list[BookLine], vat_accounts: Collection[str]) -> Seen | None:
    """What is wrong with a posting's entry by its lines as last read; `vat_accounts` are the division's."""
    if posting.state in OVER:
        return _look_at_over(posting, lines)
    own = [line for line in lines if line.entry_id == posting.entry_id]
    count = _count_of_entries(posting.entry_number or "", lines)
    if not own:
        return _make_seen(FindingKind.MISSING, [count])
    entry = Entry.from_document(posting.entry)
    if len(own) < len(lines):
        return _make_seen(FindingKind.DOUBLED, [count, *differences(entry, lines, vat_accounts=vat_accounts)])
    different = differences(entry, own, vat_accounts=vat_accounts)
    return _make_seen(FindingKind.CHANGED, different) if different else None


def _look_at_over(posting: Posting, lines: list[BookLine]) -> Seen | None:
    """What is wrong with a posting that is over: any line that Exact has of it is booked beside the entries that count.

    Of a reversed posting the entry stays in the books, together with its reversal.
    """
    reversed_one = posting.entry_id if posting.state == PostingState.REVERSED else None
    too_much = [line for line in lines if line.entry_id != reversed_one]
    if not too_much:
        return None
    return _make_seen(FindingKind.DOUBLED, [_count_of_entries("", too_much), *left_over(too_much)])


def _make_seen(kind: FindingKind, differences: Iterable[Difference]) -> Seen:
    return Seen(kind=kind, details=[it.to_document() for it in differences])


def _count_of_entries(meant: str, lines: Iterable[BookLine]) -> Difference:
    places = sorted({line.place for line in lines})
    return Difference(what=ENTRIES, meant=meant, found=", ".join(number for _length, number in places))


def _record(posting: Posting, seen: Seen | None) -> None:
    findings = Finding.objects.filter(posting=posting)
    with transaction.atomic():
        standing = findings.filter(settled_at=None).select_for_update().first()
        if seen is None:
            _settle(findings, How.GONE)
        elif standing is not None:
            findings.filter(pk=standing.pk).update(kind=seen.kind, details=seen.details)
        elif not _was_accepted(findings.order_by("found_at").last(), seen):
            Finding.objects.create(tenant_id=posting.tenant_id, posting=posting, kind=seen.kind, details=seen.details)


def _was_accepted(last: Finding | None, seen: Seen) -> bool:
    return (
        last is not None and last.settlement == How.ACCEPTED and (last.kind, last.details) == (seen.kind, seen.details)
    )


def _settle(findings: QuerySet[Finding], how: How, *, actor: User | None = None, why: str = "") -> int:
    said = {"settled_by": actor, "settlement": how, "settled_why": why}
    return findings.filter(settled_at=None).update(settled_at=timezone.now(), **said)


def _unseen(division: Division, *, before: datetime) -> Iterable[UUID]:
    """Entries posted before a moment of which the ledger has shown no line."""
    posted = Posting.objects.filter(division=division, state=PostingState.POSTED, posted_at__lt=before)
    own = BookLine.objects.filter(division=division)
    left_missing = Finding.objects.filter(kind=FindingKind.MISSING, settlement=How.ACCEPTED)
    unseen = posted.exclude(entry_id__in=own.values("entry_id")).exclude(pk__in=left_missing.values("posting"))
    return unseen.order_by("posted_at").values_list("pk", flat=True)[:MISSING_LOOKUPS_MAX]


def _find_left_over(division: Division) -> Iterable[UUID]:
    """Postings that are over and of which the ledger has lines."""
    over = BookLine.objects.filter(division=division, posting__state__in=OVER)
    return over.order_by().values_list("posting_id", flat=True).distinct()


def _read_unseen(division: Division, client: ExactClient, *, before: datetime) -> None:
    """Ask Exact for each of these entries once more before it is called missing."""
    for posting in Posting.objects.filter(pk__in=[*_unseen(division, before=before)], findings__isnull=True):
        assert posting.entry_id is not None, "a constraint sees to it: it is posted"
        read_entries(division, client, posting, [posting.entry_id])


def _notice_move(division: Division) -> None:
    """Read a company again that Exact moved, as its timestamps are new (rules.md §9); its row says when it moved."""
    if division.moved_at != division.lines_moved_at:
        forget(division)
        division.lines_moved_at = division.moved_at
        division.save(update_fields=["lines_moved_at"])


def accounts_of_vat(division: Division) -> set[str]:
    """The division's GL accounts that hold VAT."""
    return vat_accounts_of([division.pk])[division.pk]


def vat_accounts_of(divisions: Collection[int]) -> dict[int, set[str]]:
    """The GL accounts that hold VAT, of each of these divisions."""
    rows = CatalogueItem.objects.filter(
        division__in=divisions, kind=CatalogueKind.GL_ACCOUNT, facts__Type=VAT_ACCOUNT
    ).values_list("division_id", "code")
    found: dict[int, set[str]] = {division: set() for division in divisions}
    for division, code in rows:
        found[division].add(code)
    return found
