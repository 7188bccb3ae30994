"""Recording every outcome of a posting but success: each move with its event, under the lane's lease.

A success is recorded by `exact.lane.statements`, together with the claim of the next posting.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exact.api.client import ExactClient
from exact.api.errors import OutcomeUnknown, RateLimited, RefusedInDoubt
from exact.company.catalogue import Catalogue
from exact.entries.payloads import codes_in
from exact.lane import lease as leases
from exact.lane.postings import FoundEntry
from exact.lane.states import IN_EXACT, move, wait
from exact.models import Division, Lane, Posting, PostingState
from ledger.entry import Entry
from ledger.problem import Problem

Settled = Callable[[Posting], None]
ERRORS_MAX = 5
COUNTED_ERRORS = (400, 401, 403, 404)
ERROR_PAUSE = timedelta(hours=1)
# How often a posting is sent without a clear answer and not found in Exact, some twenty minutes; then it is refused.
ATTEMPTS_MAX = 6


def settle_time() -> timedelta:
    """How long after a claim no POST of a dead worker can be in flight any more, nor at work inside Exact.

    A POST leaves at most one timeout after its claim (`exact.lane.lease.check_in_time`), and Exact has one more to
    finish it.
    """
    return timedelta(seconds=2 * settings.EXACT_TIMEOUT_S)


@dataclass(slots=True, kw_only=True)
class LaneStay:
    """One worker's stay in a lane."""

    division: Division
    lane: Lane
    lease: leases.Lease
    client: ExactClient
    settled: Settled
    errors: int = 0
    left: bool = False  # the last step found no posting to take and gave the lane back
    _catalogues: dict[frozenset[str], Catalogue] = field(default_factory=dict)

    def catalogue_of(self, entry: Entry) -> Catalogue:
        """The catalogue items of the entry's codes, read once a stay: one evening's entries have the same codes."""
        codes = frozenset(codes_in(entry))
        if codes not in self._catalogues:
            self._catalogues[codes] = Catalogue(self.division, codes=codes)
        return self._catalogues[codes]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which this worker still holds the lane. Raises `LeaseLost`."""
        with transaction.atomic(durable=True):
            leases.renew(self.lease, self.client.budget)
            yield


def record_found(
    stay: LaneStay, posting: Posting, found: FoundEntry, differences: Sequence[Problem], *, correlation_id: str = ""
) -> None:
    """Record that Exact has the entry: as it was meant, or with differences that a person must look at."""
    with stay.writing():
        move(
            posting,
            PostingState.DIFFERS if differences else PostingState.POSTED,
            reasons=differences,
            correlation_id=correlation_id,
            posted_at=timezone.now(),
            messages=[],  # an earlier refusal by Exact was wrong
            problems=[difference.to_document() for difference in differences],
            **_name_found(found),
        )
        Lane.objects.filter(pk=stay.division.pk).update(failures=0)
        stay.settled(posting)
    stay.lane.failures = 0


def record_doubled(stay: LaneStay, posting: Posting, found: Sequence[FoundEntry]) -> None:
    """Record that Exact has the entry more than once: a person must say which one stays."""
    numbers = ", ".join(entry.entry_number for entry in found)
    record_found(stay, posting, found[0], [Problem(code="doubled_in_exact", facts={"numbers": numbers})])


def begin_removal(
    stay: LaneStay, posting: Posting, found: FoundEntry, differences: Sequence[Problem], *, correlation_id: str = ""
) -> None:
    """Record that Exact booked another entry than was sent: it is taken out before anything else is sent."""
    with stay.writing():
        move(
            posting,
            PostingState.REMOVING,
            reasons=differences,
            correlation_id=correlation_id,
            messages=[],
            problems=[difference.to_document() for difference in differences],
            **_name_found(found),
        )


def record_removal(stay: LaneStay, posting: Posting) -> None:
    """Record that the entry is out of Exact: withdrawn for its replacement, or refused with what was wrong with it."""
    with stay.writing():
        if _is_replaced(posting):
            move(posting, PostingState.WITHDRAWN, messages=[])
        else:
            out = Problem(code="taken_out_again", facts={"number": posting.entry_number or ""})
            problems = [*posting.problems, out.to_document()]
            move(posting, PostingState.REFUSED, reasons=[out], entry_number=None, problems=problems)
        stay.settled(posting)


def record_kept(stay: LaneStay, posting: Posting, messages: list[str], *, correlation_id: str) -> None:
    """Record that Exact refuses to delete the entry: it is there, and differs."""
    with stay.writing():
        stands = posting.posted_at or timezone.now()
        why = "; ".join(messages)
        move(
            posting,
            PostingState.DIFFERS,
            why=why,
            correlation_id=correlation_id,
            messages=messages,
            posted_at=stands,
        )
        stay.settled(posting)


def record_refusal(
    stay: LaneStay,
    posting: Posting,
    messages: list[str],
    *,
    problems: Sequence[Problem] = (),
    status: int | None = None,
    correlation_id: str = "",
) -> None:
    """Record that Exact refused the entry, or would refuse it. Raises `RateLimited` after too many in a row."""
    with stay.writing():
        move(
            posting,
            PostingState.REFUSED,
            why="; ".join(messages),
            reasons=problems,
            correlation_id=correlation_id,
            messages=messages,
            problems=[problem.to_document() for problem in problems],
        )
        stay.settled(posting)
    # Exact blocks a key after more than 10 such answers an hour (rules.md §2.1); a 500 does not count.
    stay.errors = stay.errors + 1 if status in COUNTED_ERRORS else 0
    if stay.errors >= ERRORS_MAX:
        why = f"{stay.errors} refusals in a row: {messages[0]}"
        raise RateLimited(why, until=timezone.now() + ERROR_PAUSE)


def record_unknown(stay: LaneStay, posting: Posting, reason: Problem, error: OutcomeUnknown | None = None) -> None:
    """Record that nobody knows whether Exact has the entry. It is looked up once no POST of it can be in flight.

    With an `error` the POST ended just now. Without one its worker died, or there was none: then the time counts from
    the claim. Exact's messages, if any, are kept: they are the reason of the refusal if the entry is not there.
    """
    messages = error.messages if isinstance(error, RefusedInDoubt) else []
    assert posting.sending_since is not None, "a constraint sees to it"
    with stay.writing():
        move(
            posting,
            PostingState.UNKNOWN,
            why="; ".join(messages),
            reasons=[reason],
            correlation_id=error.correlation_id if error else "",
            messages=messages,
            not_before=max(posting.sending_since + settle_time(), posting.not_before or posting.sending_since),
            lookups=0,
        )
        if error is not None:
            wait(posting, settle_time(), lookups=0)


def record_not_there(stay: LaneStay, posting: Posting) -> None:
    """Record that Exact does not have the entry. It is sent again by itself, unless Exact had refused it.

    It is refused too after many tries without a clear answer: a device between us and Exact that lets reads pass and no
    writes would otherwise stop the whole lane unnoticed. A posting that a person reposts is withdrawn, and a new one
    takes its place.
    """
    with stay.writing():
        if posting.state == PostingState.SOUGHT:
            move(posting, PostingState.WITHDRAWN, reasons=[Problem(code="not_in_exact")])
            stay.settled(posting)
        elif posting.doubted and posting.sending_since is None:
            move(posting, PostingState.PENDING, reasons=[Problem(code="not_sent_before")], not_before=None)
        elif posting.messages:
            move(posting, PostingState.REFUSED, reasons=[Problem(code="refused_after_all")])
            stay.settled(posting)
        elif posting.attempts >= ATTEMPTS_MAX:
            unclear = Problem(code="never_a_clear_answer", facts={"count": str(posting.attempts)})
            move(posting, PostingState.REFUSED, reasons=[unclear], problems=[unclear.to_document()])
            stay.settled(posting)
        else:
            move(posting, PostingState.PENDING, reasons=[Problem(code="sent_again")], not_before=None)


def _is_replaced(posting: Posting) -> bool:
    """Whether a person ordered the removal. Else Exact booked something else, and the posting never was posted."""
    begun = posting.events.filter(after=PostingState.REMOVING).order_by("pk").last()
    return begun is not None and begun.before in IN_EXACT


def _name_found(found: FoundEntry) -> dict[str, Any]:
    return {"entry_id": found.entry_id, "entry_number": found.entry_number}
