"""Sending again: after its cause was mended, what Exact refused stands there once; what stands is not touched."""

import pytest

from booking.mapping import MeansOverride, Overrides, set_overrides
from exact.models import Division, Posting, PostingState
from exports.models import StoredClosing
from exports.reposts.repost import CannotRepost, repost
from tests.conftest import Caller, SimulatedExact, closing, work


def set_period(exact: SimulatedExact, division: Division, status: str) -> None:
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status=status)


def test_repost__after_the_period_was_reopened(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    set_period(exact, division, "closed")
    closing_id = till.post("closings", closing()).json()["id"]
    work(division)
    assert StoredClosing.objects.get(pk=closing_id).state == "failed"

    set_period(exact, division, "open")
    repost(closing_id, actor=None, why="period reopened")
    work(division)

    assert StoredClosing.objects.get(pk=closing_id).state == "exported"
    assert len(exact.entries(division.code)) == 2
    states = [*Posting.objects.filter(closing_id=closing_id, entry_kind="sales").order_by("revision")]
    assert [(it.revision, it.state) for it in states] == [(1, PostingState.WITHDRAWN), (2, PostingState.POSTED)]


def test_repost__of_an_exported_closing_is_refused_and_changes_nothing(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    closing_id = till.post("closings", closing()).json()["id"]
    work(division)
    with pytest.raises(CannotRepost, match="repost_not_failed"):
        repost(closing_id, actor=None, why="by mistake")
    work(division)
    assert len(exact.entries(division.code)) == 2


def test_held__goes_when_its_means_of_payment_is_mapped(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    document = closing()
    document["payments"][0] |= {"means": "LYDIA", "label": "Lydia", "kind": "other"}
    answer = till.post("closings", document).json()
    assert (answer["state"], [problem["code"] for problem in answer["problems"]]) == ("held", ["means_unmapped"])

    mapped = Overrides(means={"LYDIA": MeansOverride(account="467000")})
    set_overrides(till.till.establishment, mapped, actor=None)
    repost(answer["id"], actor=None, why="mapped")
    work(division)
    assert StoredClosing.objects.get(pk=answer["id"]).state == "exported"
