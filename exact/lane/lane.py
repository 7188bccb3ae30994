"""The lane: the postings of one division, one after the other, in the order of their closings.

Each is marked `sending` on disk before its POST and recorded after it. After a crash or a lost answer it is not sent
again before its reference was looked up twice in Exact, at a time when no POST of it can be in flight any more.
"""

import random
import threading
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from exact.api.budget import lane_budget
from exact.api.client import ExactClient, http_of_thread
from exact.api.connection import ConnectionTokens
from exact.api.errors import (
    ConsentInDoubt,
    ExactError,
    Forbidden,
    NeedsReconnect,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RefusedInDoubt,
    Unavailable,
)
from exact.company.catalogue import NotInCatalogue
from exact.entries.payloads import body_of
from exact.lane import booked_entry, ending, records, statements
from exact.lane import lease as leases
from exact.lane.doubted import Trace, trace
from exact.lane.postings import FoundEntry, from_answer, look_up, remove_from_exact
from exact.lane.records import ERROR_PAUSE, LaneStay, Settled, settle_time
from exact.lane.sending import Sending
from exact.lane.states import move, wait
from exact.models import PauseCode, Posting, PostingState
from ledger.problem import Problem

log = structlog.get_logger()

LOOKUPS_BEFORE_RESENDING = 2
# How often an entry whose lines Exact does not show is looked at, some twelve minutes; then a person compares it there.
LOOKS_AT_LINES_MAX = 6
STAY_MAX = 200
BACKOFF_FIRST_S = 2.0

# The divisions whose lane a thread of this process is in; True: another thread was asked for the same lane meanwhile.
_asked_again: dict[int, bool] = {}
_asking = threading.Lock()


def run_lane(division_id: int, *, holder: str, settled: Settled) -> bool:
    """Send what is due in a division. Returns whether there is more to do right now.

    If another thread of this process is in the lane, it returns at once, and that thread looks once more at its end.

    `settled` is called in the transaction in which a posting comes to an end that has consequences: refused, differs,
    withdrawn, or a reversal that was posted. What it makes for this lane is sent in the same stay.
    """
    with _asking:
        if division_id in _asked_again:
            _asked_again[division_id] = True
            return False
        _asked_again[division_id] = False
    try:
        while True:
            more = _stay(division_id, holder, settled)
            with _asking:
                if more or not _asked_again[division_id]:
                    del _asked_again[division_id]
                    return more
                _asked_again[division_id] = False
    except BaseException:
        with _asking:
            del _asked_again[division_id]
        raise


def _stay(division_id: int, holder: str, settled: Settled) -> bool:
    """Take the lane, if it is free, and work in it until it is empty, must wait, or `STAY_MAX` postings were sent."""
    entered = statements.enter(division_id, holder)
    if entered is None:
        return False
    lane, http = entered.lane, http_of_thread()
    division = lane.division
    client = ExactClient(
        base_url=division.app.base_url,
        division=division.code,
        tokens=ConnectionTokens(division.connection, http),
        budget=lane_budget(lane, division.app),
        http=http,
    )
    stay = LaneStay(division=division, lane=lane, lease=entered.lease, client=client, settled=settled)
    with bound_contextvars(tenant=division.tenant_id, lane=division.pk):
        try:
            return _send_due(stay, entered.due)
        except leases.LeaseLost:
            log.warning("lane_lost", division=division.code, holder=holder)
            return False
        finally:
            if not stay.left:
                leases.release(stay.lease, client.budget)


def _send_due(stay: LaneStay, first: statements.Due) -> bool:
    due: statements.Due | None = first
    for sent in range(1, STAY_MAX + 1):
        assert due is not None
        goes_on = sent < STAY_MAX and not ending.is_asked()
        try:
            posted = _advance(Sending.of(stay, due))
            empty = stay.client.budget.empty(timezone.now())
            due = statements.step(stay.lease, stay.client.budget, posted, go_on=not empty and goes_on)
            if empty:
                raise empty
        except MustWait:
            return False
        except ExactError as error:
            return _stand_still(stay, error)
        if posted is not None:
            stay.lane.failures = 0
        if due is None:
            stay.left = goes_on
            return not goes_on
    return True


class MustWait(Exception):
    """The lane was paused until a posting that may be under way in Exact can be looked up."""


def _advance(sending: Sending) -> statements.Posted | None:
    """Bring one posting a step on. Returns what the next step has to record; None: it is recorded already.

    Raises `MustWait` and any `ExactError`.
    """
    posting = sending.posting
    if sending.claimed:
        return _post(sending)
    if posting.state == PostingState.REMOVING:
        _remove(sending)
        return None
    if posting.state == PostingState.SENDING:
        # The lane was free, so the worker that was sending this died: its outcome is unknown since it began.
        records.record_unknown(sending.stay, posting, Problem(code="worker_ended"))
    _find_out(sending)
    return None


def _post(sending: Sending) -> statements.Posted | None:
    """Send a posting that is marked as being sent.

    Returns the posted entry, if its sums are right, for the next step to record; every other outcome is recorded here.
    Raises any `ExactError` that keeps the lane from going on.
    """
    stay, posting = sending.stay, sending.posting
    try:
        body = body_of(
            sending.entry,
            reference=posting.reference,
            catalogue=sending.catalogue,
            payment_condition=sending.payment_condition,
            cost_center=posting.cost_center,
        )
        resource, in_time = sending.resource, partial(leases.check_in_time, sending.asked)
        statements.lend_session()
        answer = stay.client.create(resource, body, last_look=in_time)
        found = from_answer(resource, answer)
    except NotInCatalogue as gone:
        facts = {"catalogue": gone.kind.value, "item": gone.code}
        records.record_refusal(stay, posting, [], problems=[Problem(code="gone_from_exact", facts=facts)])
    except OutcomeUnknown as error:
        records.record_unknown(stay, posting, _unclear(error), error)
    except (Refused, Forbidden) as error:
        messages = error.messages if isinstance(error, Refused) else [str(error)]
        records.record_refusal(stay, posting, messages, status=error.status, correlation_id=error.correlation_id)
    except ExactError as error:
        with stay.writing():
            reason = Problem(code=f"not_sent_{pause_code(error)}")
            move(posting, PostingState.PENDING, reasons=[reason], correlation_id=error.correlation_id)
        raise
    else:
        stay.errors = 0
        if posting.reverses_id is None and booked_entry.sums_prove(sending.entry, found):
            return statements.Posted(posting=posting, found=found, correlation_id=answer.correlation_id)
        _adopt(sending, found, correlation_id=answer.correlation_id)
    return None


def _adopt(sending: Sending, found: FoundEntry, *, correlation_id: str = "") -> None:
    """Compare an entry that Exact has with the posting, line by line, and record it as posted if it is the same.

    A different one is taken out at once, before anything is booked beside it. It stays, and a person decides, if a
    person reposted it, or if it may have been sent before the database was restored. Raises any `ExactError`, after
    which the posting is still to be looked up.
    """
    stay, posting = sending.stay, sending.posting
    try:
        differences = booked_entry.compare(stay.client, sending.entry, found)
    except ExactError as error:
        if posting.state == PostingState.SENDING:
            records.record_unknown(stay, posting, Problem(code="entry_not_read"))
        elif isinstance(error, booked_entry.NotShown) and posting.lookups + 1 >= LOOKS_AT_LINES_MAX:
            records.record_found(stay, posting, found, [Problem(code="lines_not_shown")])
            return
        elif isinstance(error, booked_entry.NotShown):
            wait(posting, settle_time(), lookups=posting.lookups + 1)
        raise
    if differences and posting.state != PostingState.SOUGHT and not posting.doubted:
        records.begin_removal(stay, posting, found, differences, correlation_id=correlation_id)
    else:
        records.record_found(stay, posting, found, differences, correlation_id=correlation_id)


def _remove(sending: Sending) -> None:
    """Take an entry out of Exact: a person replaces it, or Exact booked something else than was sent.

    A deletion by id may be repeated, so its outcome is never unknown.
    """
    stay, posting = sending.stay, sending.posting
    leases.renew(stay.lease, stay.client.budget)
    try:
        remove_from_exact(stay.client, posting, sending.searched)
    except OutcomeUnknown as error:
        raise Unavailable(str(error), correlation_id=error.correlation_id) from error
    except (Refused, Forbidden) as error:
        messages = error.messages if isinstance(error, Refused) else [str(error)]
        records.record_kept(stay, posting, messages, correlation_id=error.correlation_id)
    else:
        records.record_removal(stay, posting)


def _find_out(sending: Sending) -> None:
    """Look a posting up in Exact whose outcome is unknown, or that a person reposts: adopt the entry if it is there.

    After a lost answer it is looked up twice before it counts as not there. A refusal was an answer, so no POST is in
    flight, and one look is enough; likewise for postings that waited when the database was restored. Raises `MustWait`
    while it is too early to look.
    """
    stay, posting = sending.stay, sending.posting
    if leases.pause_for(stay.lease, posting, code=PauseCode.SETTLING):
        raise MustWait
    if posting.doubted:
        found = trace(stay.client, posting, sending.entry, sending.searched)
    else:
        found = Trace(own=tuple(it for resource in sending.searched for it in look_up(stay.client, posting, resource)))
    if len(found.own) > 1:
        records.record_doubled(stay, posting, found.own)
    elif found.own:
        _adopt(sending, found.own[0])
    elif found.alike is not None:
        records.record_found(stay, posting, found.alike.found, found.suspicion)
    elif _needs_second_look(posting):
        wait(posting, settle_time() / 2, lookups=posting.lookups + 1)
        _find_out(sending)
    else:
        records.record_not_there(stay, posting)


def _needs_second_look(posting: Posting) -> bool:
    was_sent = posting.state == PostingState.UNKNOWN and posting.sending_since is not None
    return was_sent and posting.lookups + 1 < LOOKUPS_BEFORE_RESENDING


def _stand_still(stay: LaneStay, error: ExactError) -> bool:
    """Pause the lane because of this error. The posting is pending or unknown on disk, so nothing is lost."""
    failures = stay.lane.failures + 1
    is_failure = not isinstance(error, RateLimited | NeedsReconnect)  # these two say by themselves when to go on
    leases.pause(
        stay.lease,
        wait=wait_after(error, failures, now=timezone.now()),
        code=pause_code(error),
        detail=str(error),
        failures=failures if is_failure else None,
    )
    log.warning("lane_paused", division=stay.division.code, why=type(error).__name__, detail=str(error))
    return False


def wait_after(error: ExactError, failures: int, *, now: datetime) -> timedelta:
    """How long a lane is paused after an error, which was the `failures`-th failure in a row.

    The end of a limit is by this machine's clock, as the budget is, and so is `now`: only their difference counts, so
    it does not matter if the clock is wrong.
    """
    match error:
        case RateLimited():
            return max(error.until - now, timedelta())
        case ConsentInDoubt():
            return max(error.until - now, timedelta())
        case NeedsReconnect():
            return timedelta(seconds=settings.EXACT_RECONNECT_PAUSE_S)
        case Unavailable():
            return backoff(failures)
    return ERROR_PAUSE


def pause_code(error: ExactError) -> PauseCode:
    """The reason of the pause, as it is stored with the lane."""
    match error:
        case RateLimited():
            return PauseCode.RATE_LIMITED
        case ConsentInDoubt():
            return PauseCode.CONSENT_IN_DOUBT
        case NeedsReconnect():
            return PauseCode.RECONNECT_REQUIRED
        case Unavailable():
            return PauseCode.UNAVAILABLE
    return PauseCode.REFUSED


def _unclear(error: OutcomeUnknown) -> Problem:
    if isinstance(error, RefusedInDoubt):
        return Problem(code="doubtful_refusal")
    if error.status is None:
        return Problem(code="no_answer")
    return Problem(code="unclear_answer", facts={"status": str(int(error.status))})


def backoff(failures: int) -> timedelta:
    """2, 4, 8 … seconds, at most 15 minutes by default, half of it by chance: lanes do not come back together."""
    seconds = min(BACKOFF_FIRST_S * 2 ** min(failures - 1, 12), settings.EXACT_BACKOFF_MAX_S)
    return timedelta(seconds=seconds * (0.5 + random.random() / 2))  # noqa: S311 - jitter, not a secret
