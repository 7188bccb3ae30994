"""The posting lane against the simulator over HTTP: what is sent, what is found again, what is never sent twice."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from exact.lane import ending, lane, statements
from exact.lane.records import ATTEMPTS_MAX
from exact.models import Connection, ConnectionState, Division, Lane, Posting, PostingState
from exports.models import StoredClosing
from simulators.exact_online.faults import Fault
from tests.conftest import Caller, SimulatedExact, closing, work

SALES = {"resource": "salesentry/SalesEntries", "method": "POST", "count": 1}


def push(till: Caller, number: int = 1042, **changes: Any) -> str:
    answer = till.post("closings", closing(number, **changes))
    assert answer.status_code == 201, answer.content
    identity: str = answer.json()["id"]
    return identity


def state(closing_id: str) -> str:
    return StoredClosing.objects.get(pk=closing_id).state


def settle_now(division: Division) -> None:
    """Let the settle time be over, as if it had been waited for."""
    past = timezone.now() - timedelta(seconds=1)
    Posting.objects.filter(division=division, state=PostingState.UNKNOWN).update(not_before=past)
    Lane.objects.filter(division=division).update(paused_until=None, minute=None)


def references(exact: SimulatedExact, division: Division) -> list[str]:
    return [entry["reference"] for entry in exact.entries(division.code) if entry["reference"]]


AFTER_COMMIT = [fault.value for fault in Fault if fault.endswith("_after_commit")]
UNCLEAR = [
    *AFTER_COMMIT,
    "truncate",
    "html_200",
    "status_408",
    "status_500",
    "status_503",
    "status_504",
    "reset_before",
]
# In Exact's own shape: these are its word, though it may be wrong.
REFUSING = ["error_after_commit", "refusal_after_commit"]


@pytest.mark.parametrize("fault", [fault for fault in UNCLEAR if fault not in REFUSING])
def test_post__without_a_clear_answer_is_looked_up_and_stands_once(
    linked: tuple[Caller, Division], exact: SimulatedExact, fault: str
) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault=fault, division=division.code)
    work(division)
    unknown = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    assert (unknown.state, state(closing_id)) == (PostingState.UNKNOWN, "ready")

    for _ in range(4):
        settle_now(division)
        work(division)

    assert state(closing_id) == "exported"
    assert len(exact.entries(division.code)) == 2
    assert references(exact, division) == [unknown.reference]


def test_refusal__that_may_have_come_after_the_entry_was_written_is_looked_up(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault="error_after_commit", division=division.code)
    work(division)
    doubtful = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    assert (doubtful.state, doubtful.messages != []) == (PostingState.UNKNOWN, True)
    for _ in range(2):
        settle_now(division)
        work(division)
    doubtful.refresh_from_db()
    assert (state(closing_id), doubtful.state, doubtful.messages) == ("exported", PostingState.POSTED, [])
    assert references(exact, division) == [doubtful.reference]


def test_refusal__that_was_in_doubt_ends_refused_in_exact_s_words_and_is_not_sent_again(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault="general_error", division=division.code)
    for _ in range(4):
        work(division)
        settle_now(division)
    refused = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    assert (refused.state, refused.lookups, refused.attempts) == (PostingState.REFUSED, 1, 1)
    assert refused.messages == ["An error has occurred. Please contact your system administrator."]
    assert (state(closing_id), exact.entries(division.code)) == ("failed", [])
    event = StoredClosing.objects.get(pk=closing_id).events.get(after="failed")
    assert event.why == refused.messages[0]


def test_post__that_never_gets_a_clear_answer_is_told_and_lets_the_others_pass(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    first, later = push(till), push(till, 1043)
    blocked = {"resource": "salesentry/SalesEntries", "method": "POST", "fault": "status_503"}
    exact.control("faults", **blocked, division=division.code, count=ATTEMPTS_MAX)
    for _ in range(2 * ATTEMPTS_MAX + 1):
        work(division)
        settle_now(division)
    refused = Posting.objects.get(closing_id=first, state=PostingState.REFUSED)
    assert (refused.attempts, [it["code"] for it in refused.problems]) == (ATTEMPTS_MAX, ["never_a_clear_answer"])
    assert (state(first), state(later)) == ("failed", "exported")


def test_token__refused_by_a_page_is_not_renewed_and_the_post_does_not_go_twice(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    push(till)
    exact.control("faults", **SALES, fault="status_401_after_commit", division=division.code)
    work(division)
    assert len(references(exact, division)) == 1
    assert Connection.objects.get(pk=division.connection_id).state == ConnectionState.ACTIVE
    assert Posting.objects.get(division=division, entry_kind="sales").state == PostingState.UNKNOWN


def test_post__unknown_waits_until_nothing_can_be_in_flight(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    push(till)
    exact.control("faults", **SALES, fault="reset_after_commit", division=division.code)
    work(division)
    exact.http.delete("/_control/calls", params={"division": division.code})
    work(division)
    assert exact.calls(division.code)["total"] == 0
    lane = Lane.objects.get(division=division)
    assert lane.pause_code == "settling"
    assert lane.paused_until is not None and lane.paused_until > timezone.now()


def test_sending__of_a_worker_that_was_killed_is_adopted(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = push(till)
    work(division)
    sale = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    second = push(till, 1043)
    posting = Posting.objects.get(closing_id=second, entry_kind="sales")
    Posting.objects.filter(pk=posting.pk).update(
        state=PostingState.SENDING, sending_since=timezone.now() - timedelta(hours=1)
    )
    for _ in range(4):
        work(division)
        settle_now(division)
    assert state(second) == "exported"
    assert sorted(references(exact, division)) == sorted([sale.reference, posting.reference])


def test_sending__of_a_killed_worker_is_cleared_before_an_older_closing_that_came_since(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    begun = push(till, 1043)
    posting = Posting.objects.get(closing_id=begun, entry_kind="sales")
    Posting.objects.filter(pk=posting.pk).update(
        state=PostingState.SENDING, sending_since=timezone.now() - timedelta(hours=1)
    )
    older = push(till, 1042)
    for _ in range(4):
        work(division)
        settle_now(division)
    assert (state(begun), state(older)) == ("exported", "exported")
    assert len(exact.entries(division.code)) == 4


def test_post__of_a_worker_that_slept_after_its_claim_never_leaves(
    linked: tuple[Caller, Division], exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    push(till)
    body_of = lane.body_of
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def sleeps(*arguments: Any, **more: Any) -> Any:
            clock.shift(60)
            return body_of(*arguments, **more)

        monkeypatch.setattr(lane, "body_of", sleeps)
        work(division)
    assert exact.entries(division.code) == []
    assert Posting.objects.get(division=division, entry_kind="sales").state == PostingState.SENDING


def test_refusal__is_shown_never_repeated_and_leaves_the_next_closing_alone(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    refused = push(till)
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    later = push(
        till,
        1043,
        business_date="2026-04-01",
        opened_at="2026-04-01T08:00:00+02:00",
        closed_at="2026-04-01T23:00:00+02:00",
    )
    work(division)
    assert (state(refused), state(later)) == ("failed", "exported")
    posting = Posting.objects.get(closing_id=refused, entry_kind="sales")
    assert posting.messages == ["La période est clôturée : 2026 – 3"]
    receipts = Posting.objects.get(closing_id=refused, entry_kind="receipts")
    assert receipts.state == PostingState.PENDING
    exact.http.delete("/_control/calls", params={"division": division.code})
    work(division)
    assert exact.calls(division.code)["total"] == 0


def test_lane__sends_in_the_order_of_the_closings(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    ids = [push(till, number) for number in (1042, 1043, 1044)]
    work(division)
    sent = [*Posting.objects.filter(entry_kind="sales").order_by("entry_number").values_list("closing_id", flat=True)]
    assert [str(closing_id) for closing_id in sent] == ids


def test_lane__of_a_worker_that_is_to_end_is_left_after_its_posting_and_goes_on_elsewhere(
    linked: tuple[Caller, Division], exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    both = [push(till, number) for number in (1042, 1043)]
    asked = threading.Event()
    monkeypatch.setattr("exact.lane.ending._asked", asked)
    ending.ask()
    assert lane.run_lane(division.pk, holder="ends", settled=lambda *_: None) is True
    assert len(exact.entries(division.code)) == 1
    assert Lane.objects.get(division=division).holder == ""
    asked.clear()
    work(division)
    assert [state(it) for it in both] == ["exported", "exported"]
    assert len(exact.entries(division.code)) == 4


def test_lane__held_by_another_worker_is_left_alone(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    closing_id = push(till)
    Lane.objects.filter(division=division).update(holder="other", leased_until=timezone.now() + timedelta(minutes=1))
    assert work(division) is False
    assert state(closing_id) == "ready"


def test_lane__lost_between_claim_and_answer_writes_nothing_and_is_mended(
    linked: tuple[Caller, Division], exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    closing_id = push(till)
    body_of = lane.body_of

    def loses_the_lease(*arguments: Any, **more: Any) -> Any:
        Lane.objects.filter(division=division).update(fence=F("fence") + 1)
        return body_of(*arguments, **more)

    monkeypatch.setattr(lane, "body_of", loses_the_lease)
    work(division)
    monkeypatch.undo()
    sale = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    assert (sale.state, [event.after for event in sale.events.all()]) == (PostingState.SENDING, ["sending"])
    assert references(exact, division) == [sale.reference]

    Lane.objects.filter(division=division).update(leased_until=None)
    for _ in range(4):
        work(division)
        Posting.objects.filter(state=PostingState.UNKNOWN).update(sending_since=timezone.now() - timedelta(hours=1))
        settle_now(division)
    assert (state(closing_id), len(exact.entries(division.code))) == ("exported", 2)


def test_lane__out_of_calls_leaves_the_next_posting_untouched(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = push(till)
    with time_machine.travel(timezone.now(), tick=False):
        minute, one_left = timezone.now().replace(second=0, microsecond=0), division.app.minute_limit - 3 - 1
        Lane.objects.filter(division=division).update(minute=minute, minute_calls=one_left)
        work(division)
    receipts = Posting.objects.get(closing_id=closing_id, entry_kind="receipts")
    assert (receipts.state, receipts.events.count()) == (PostingState.PENDING, 0)
    row = Lane.objects.get(division=division)
    assert (row.pause_code, row.leased_until) == ("rate_limited", None)


def test_lane__asked_for_again_while_it_is_being_left_looks_once_more(
    linked: tuple[Caller, Division], exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    push(till)
    step, later = statements.step, []

    def somebody_pushes(*arguments: Any, **more: Any) -> Any:
        due = step(*arguments, **more)
        if due is None and not later:
            later.append(push(till, 1043))
            assert work(division) is False
        return due

    monkeypatch.setattr(statements, "step", somebody_pushes)
    work(division)
    assert [state(closing_id) for closing_id in later] == ["exported"]


def test_gateway_fault__is_not_a_refusal_and_goes_again_by_itself(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault="gateway_fault", division=division.code)
    work(division)
    assert (Lane.objects.get(division=division).pause_code, state(closing_id)) == ("unavailable", "ready")
    settle_now(division)
    work(division)
    assert (state(closing_id), len(exact.entries(division.code))) == ("exported", 2)


def test_code__gone_from_exact_since_the_check_is_told_and_stops_nobody(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    gone = push(till)
    later = push(till, 1043, sales=[{**closing()["sales"][1], "net": "1166.67", "tax": "233.33", "gross": "1400.00"}])
    division.catalogue.filter(code="706000").delete()
    work(division)
    assert (state(gone), state(later)) == ("failed", "exported")
    posting = Posting.objects.get(closing_id=gone, entry_kind="sales")
    assert [(it["code"], it["facts"]["item"]) for it in posting.problems] == [("gone_from_exact", "706000")]


def test_rate_limit__pauses_the_lane_and_loses_nothing(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault="rate_limit", division=division.code)
    work(division)
    lane = Lane.objects.get(division=division)
    assert (lane.pause_code, state(closing_id)) == ("rate_limited", "ready")
    settle_now(division)
    work(division)
    assert state(closing_id) == "exported"
    assert len(exact.entries(division.code)) == 2


def test_connection__dead_waits_for_a_new_login(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:

    till, division = linked
    closing_id = push(till)
    Connection.objects.filter(pk=division.connection_id).update(
        access_issued_at=timezone.now() - timedelta(hours=1),
        access_expires_at=timezone.now() - timedelta(minutes=50),
        refresh_token="",
    )
    work(division)
    assert Connection.objects.get(pk=division.connection_id).state == ConnectionState.RECONNECT_REQUIRED
    assert Lane.objects.get(division=division).pause_code == "reconnect_required"
    assert state(closing_id) == "ready"
    assert till.get("till").json()["activation"]["state"] == "reconnect_required"
