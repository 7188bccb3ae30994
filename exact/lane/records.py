"""What a lane writes down of a posting that did not simply go well: each move with its event, under the lane's lease.

What goes well is written by `exact.lane.statements`, together with the claim of the next one.
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
from exact.lane.postings import Found
from exact.lane.states import IN_EXACT, move, wait
from exact.models import Division, Lane, Posting, PostingState
from ledger.entry import Entry
from ledger.problem import Problem

Settled = Callable[[Posting], None]
ERRORS_MAX = 5
COUNTED_ERRORS = (400, 401, 403, 404)
ERROR_PAUSE = timedelta(hours=1)
# Some twenty minutes of sending, being told nothing clear, and finding nothing there: then somebody must know.
ATTEMPTS_MAX = 6


def settle_time() -> timedelta:
    """After this long no POST of a dead worker can still be in flight or at work inside Exact.

    It leaves at most one timeout after its claim (`leases.check_in_time`), and Exact has one more to finish.
    """
    return timedelta(seconds=2 * settings.EXACT_TIMEOUT_S)


@dataclass(slots=True, kw_only=True)
class LaneRun:
    """One worker's stay in a lane."""

    division: Division
    lane: Lane
    lease: leases.Lease
    client: ExactClient
    settled: Settled
    errors: int = 0
    left: bool = False  # the last step found nothing more to do and gave the lane back
    _catalogues: dict[frozenset[str], Catalogue] = field(default_factory=dict)

    def catalogue_of(self, entry: Entry) -> Catalogue:
        """What the entry's codes are in Exact, read once a stay: one evening's entries have the same codes."""
        codes = frozenset(codes_in(entry))
        if codes not in self._catalogues:
            self._catalogues[codes] = Catalogue(self.division, codes=codes)
        return self._catalogues[codes]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction of who still has the lane. Raises `LeaseLost`."""
        with transaction.atomic(durable=True):
            leases.renew(self.lease, self.client.budget)
            yield


def record_found(
    run: LaneRun, posting: Posting, found: Found, differences: Sequence[Problem], *, correlation_id: str = ""
) -> None:
    """Exact has the entry: as it was meant, or with differences that a person must look at."""
    with run.writing():
        move(
            posting,
            PostingState.DIFFERS if differences else PostingState.POSTED,
            reasons=differences,
            correlation_id=correlation_id,
            posted_at=timezone.now(),
            messages=[],  # what Exact said of it was not so
            problems=[difference.to_document() for difference in differences],
            **_name_found(found),
        )
        Lane.objects.filter(pk=run.division.pk).update(failures=0)
        run.settled(posting)
    run.lane.failures = 0


def record_doubled(run: LaneRun, posting: Posting, found: Sequence[Found]) -> None:
    """Exact has it more than once: a person must say which stays."""
    numbers = ", ".join(entry.entry_number for entry in found)
    record_found(run, posting, found[0], [Problem(code="doubled_in_exact", facts={"numbers": numbers})])


def begin_removal(
    run: LaneRun, posting: Posting, found: Found, differences: Sequence[Problem], *, correlation_id: str = ""
) -> None:
    """Exact made another entry of it than was meant: it is to be taken out again, before anything else is sent."""
    with run.writing():
        move(
            posting,
            PostingState.REMOVING,
            reasons=differences,
            correlation_id=correlation_id,
            messages=[],
            problems=[difference.to_document() for difference in differences],
            **_name_found(found),
        )


def record_removal(run: LaneRun, posting: Posting) -> None:
    """The entry is out of Exact: make room for its replacement, or say what was wrong with it."""
    with run.writing():
        if _is_replaced(posting):
            move(posting, PostingState.WITHDRAWN, messages=[])
        else:
            out = Problem(code="taken_out_again", facts={"number": posting.entry_number or ""})
            problems = [*posting.problems, out.to_document()]
            move(posting, PostingState.REFUSED, reasons=[out], entry_number=None, problems=problems)
        run.settled(posting)


def record_kept(run: LaneRun, posting: Posting, messages: list[str], *, correlation_id: str) -> None:
    """Exact does not give the entry up: it stands there, and differs."""
    with run.writing():
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
        run.settled(posting)


def record_refusal(
    run: LaneRun,
    posting: Posting,
    messages: list[str],
    *,
    problems: Sequence[Problem] = (),
    status: int | None = None,
    correlation_id: str = "",
) -> None:
    """Exact says no, or we know that it would. Raises `RateLimited` after too many in a row."""
    with run.writing():
        move(
            posting,
            PostingState.REFUSED,
            why="; ".join(messages),
            reasons=problems,
            correlation_id=correlation_id,
            messages=messages,
            problems=[problem.to_document() for problem in problems],
        )
        run.settled(posting)
    # Exact blocks a key after more than 10 such answers an hour (rules.md §2.1); a 500 does not count.
    run.errors = run.errors + 1 if status in COUNTED_ERRORS else 0
    if run.errors >= ERRORS_MAX:
        why = f"{run.errors} refusals in a row: {messages[0]}"
        raise RateLimited(why, until=timezone.now() + ERROR_PAUSE)


def record_unknown(run: LaneRun, posting: Posting, reason: Problem, error: OutcomeUnknown | None = None) -> None:
    """Nobody knows whether Exact has it. Not looked up before nothing of what was sent can be in flight.

    With an `error` it was on its way until now. Without one nothing is, or whoever sent it is dead: then it counts from
    when it began.
    What Exact said of it, if anything, is kept: it is why the entry is refused when it turns out not to be there.
    """
    messages = error.messages if isinstance(error, RefusedInDoubt) else []
    assert posting.sending_since is not None, "a constraint sees to it"
    with run.writing():
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


def record_not_there(run: LaneRun, posting: Posting) -> None:
    """Exact does not have it. It goes again by itself, unless Exact had said no: then only a person sends it again.

    So it is after many tries without a clear answer: what stands between us and Exact, and lets reading pass but no
    writing, would keep the whole lane waiting unseen. What a person sends again makes room for what takes its place.
    """
    with run.writing():
        if posting.state == PostingState.SOUGHT:
            move(posting, PostingState.WITHDRAWN, reasons=[Problem(code="not_in_exact")])
            run.settled(posting)
        elif posting.doubted and posting.sending_since is None:
            move(posting, PostingState.PENDING, reasons=[Problem(code="not_sent_before")], not_before=None)
        elif posting.messages:
            move(posting, PostingState.REFUSED, reasons=[Problem(code="refused_after_all")])
            run.settled(posting)
        elif posting.attempts >= ATTEMPTS_MAX:
            unclear = Problem(code="never_a_clear_answer", facts={"count": str(posting.attempts)})
            move(posting, PostingState.REFUSED, reasons=[unclear], problems=[unclear.to_document()])
            run.settled(posting)
        else:
            move(posting, PostingState.PENDING, reasons=[Problem(code="sent_again")], not_before=None)


def _is_replaced(posting: Posting) -> bool:
    """Whether a person has it taken out; else it is Exact's own doing, and it never counted as posted."""
    begun = posting.events.filter(after=PostingState.REMOVING).order_by("pk").last()
    return begun is not None and begun.before in IN_EXACT


def _name_found(found: Found) -> dict[str, Any]:
    return {"entry_id": found.entry_id, "entry_number": found.entry_number}
