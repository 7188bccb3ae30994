"""A person who sends again what Exact has after all: whatever the answer was, each entry stands once."""

from contextlib import suppress

import pytest

from exact.books.reconcile import reconcile
from exact.models import Division, Finding, Lane, Posting, PostingState
from exports.models import StoredClosing
from exports.reposts.repost import CannotRepost, repost
from simulators.exact_online.faults import Fault
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exact.lane.test_lane import settle_now

AFTER_COMMIT = [fault.value for fault in Fault if fault.endswith("_after_commit")]
RESOURCES = ["salesentry/SalesEntries", "financialtransaction/CashEntries"]


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("fault", AFTER_COMMIT)
def test_renvoyer__three_times_after_an_answer_that_was_not_so(
    linked: tuple[Caller, Division], exact: SimulatedExact, fault: str, resource: str
) -> None:
    till, division = linked
    closing_id = till.post("closings", closing()).json()["id"]
    exact.control("faults", resource=resource, method="POST", division=division.code, fault=fault)
    work(division)
    for _press in range(3):
        with suppress(CannotRepost):
            repost(closing_id, actor=None, why="once more")
        work(division)
        settle_now(division)
        work(division)
    assert StoredClosing.objects.get(pk=closing_id).state == "exported"
    assert sorted(entry["journal"] for entry in exact.entries(division.code)) == ["30", "70"]
    assert Posting.objects.filter(closing_id=closing_id, state=PostingState.POSTED).count() == 2


def test_renvoyer__finds_the_refused_entry_of_a_lane_that_cannot_look(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = till.post("closings", closing()).json()["id"]
    sales = {"resource": "salesentry/SalesEntries", "division": division.code}
    exact.control("faults", **sales, method="POST", fault="refusal_after_commit")
    work(division)
    exact.control("faults", **sales, method="GET", fault="status_403_after_commit")
    repost(closing_id, actor=None, why="once more")
    work(division)
    assert len(exact.entries(division.code)) == 1
    Lane.objects.update(paused_until=None)
    work(division)
    assert (StoredClosing.objects.get(pk=closing_id).state, len(exact.entries(division.code))) == ("exported", 2)
    assert reconcile(division) == 0
    assert not Finding.objects.exists()
