"""Workers whose own clock is wrong: what is due, and who may work in a lane, the database's clock says."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.utils import timezone

from booking.mapping import MeansOverride, Overrides, set_overrides
from exact.api.client import http_of_thread
from exact.api.connection import renewed
from exact.lane import lane
from exact.models import Connection, Division, Lane, Posting, PostingState
from exports import tasks
from exports.models import StoredClosing
from exports.way.accept import reconsider
from exports.way.sweep import due_divisions, release_mended
from on_demand.claim import claim
from on_demand.models import OnDemandFormat
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.on_demand.given import asked

Linked = tuple[Caller, Division]
SALES = {"resource": "salesentry/SalesEntries", "method": "POST", "count": 1}
HOUR = timedelta(hours=1)


@pytest.fixture(params=[HOUR, -HOUR], ids=["an hour ahead", "an hour behind"])
def wrong_clock(request: pytest.FixtureRequest) -> timedelta:
    """How far a worker's clock is off."""
    off: timedelta = request.param
    return off


def seconds_until(column: str) -> float:
    """How long until a moment of the one lane, by the clock of the database."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT extract(epoch FROM {column} - clock_timestamp()) FROM exact_lane")
        [(seconds,)] = cursor.fetchall()
    return float(seconds)


def test_lane__is_worked_in_whatever_the_workers_clock_says(
    linked: Linked, exact: SimulatedExact, wrong_clock: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    till.post("closings", closing())
    leases, body_of = [], lane.body_of

    def is_about_to_send(*arguments: Any, **more: Any) -> Any:
        leases.append(seconds_until("leased_until"))
        return body_of(*arguments, **more)

    monkeypatch.setattr(lane, "body_of", is_about_to_send)
    with time_machine.travel(timezone.now() + wrong_clock):
        work(division)
    assert (StoredClosing.objects.get().state, len(exact.entries(division.code))) == ("exported", 2)
    assert [0 < left < 60 for left in leases] == [True, True]


def test_pause__lasts_as_long_as_it_was_meant_to(linked: Linked, exact: SimulatedExact, wrong_clock: timedelta) -> None:
    till, division = linked
    till.post("closings", closing())
    exact.control("faults", **SALES, fault="gateway_fault", division=division.code)
    with time_machine.travel(timezone.now() + wrong_clock):
        work(division)
    assert Lane.objects.get().pause_code == "unavailable"
    assert 0 < seconds_until("paused_until") < 3


def test_limit__is_waited_for_as_long_as_exact_says(
    linked: Linked, exact: SimulatedExact, wrong_clock: timedelta
) -> None:
    till, division = linked
    till.post("closings", closing())
    exact.control("faults", **SALES, fault="rate_limit", division=division.code)
    with time_machine.travel(timezone.now() + wrong_clock):
        work(division)
    assert Lane.objects.get().pause_code == "rate_limited"
    assert 0 < seconds_until("paused_until") < 122


def test_lane__of_another_worker_is_not_broken_into(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.post("closings", closing())
    Lane.objects.update_or_create(
        division=division,
        defaults={
            "tenant_id": division.tenant_id,
            "holder": "other",
            "leased_until": timezone.now() + timedelta(minutes=1),
        },
    )
    with time_machine.travel(timezone.now() + HOUR):
        assert due_divisions() == []
        work(division)
    assert exact.entries(division.code) == []


def test_unknown__is_not_looked_up_too_early(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.post("closings", closing())
    exact.control("faults", **SALES, fault="reset_after_commit", division=division.code)
    with time_machine.travel(timezone.now() + HOUR):
        work(division)
        work(division)
    sale = Posting.objects.get(entry_kind="sales")
    assert (sale.state, sale.lookups) == (PostingState.UNKNOWN, 0)
    assert 0 < seconds_until("paused_until") < 60


def test_run__is_taken_by_one_worker(linked: Linked, wrong_clock: timedelta) -> None:
    till, _division = linked
    run = asked(till, OnDemandFormat.CIEL)
    with time_machine.travel(timezone.now() + wrong_clock):
        assert claim(run.pk) is not None
    run.refresh_from_db()
    assert run.leased_until is not None
    assert timedelta(0) < run.leased_until - timezone.now() < timedelta(minutes=3)
    with time_machine.travel(timezone.now() + HOUR):
        assert claim(run.pk) is None


@pytest.fixture
def later_at_exact(exact: SimulatedExact) -> Iterator[None]:
    """Exact would renew every token now."""
    exact.control("clock", advance=3600)
    yield
    exact.control("clock", real=True)


def test_token__that_was_issued_in_a_time_to_come_is_renewed_when_exact_refuses_it(
    linked: Linked, later_at_exact: None
) -> None:
    _, division = linked
    before = Connection.objects.get(pk=division.connection_id)
    assert before.access_issued_at is not None
    Connection.objects.update(access_issued_at=before.access_issued_at + HOUR, access_expires_at=timezone.now() + HOUR)
    assert renewed(before.pk, http=http_of_thread()).access_token == before.access_token
    assert renewed(before.pk, http=http_of_thread(), refused=before.access_token).access_token != before.access_token


@pytest.mark.parametrize("who", ["web", "worker"])
def test_closing__held_by_a_clock_that_is_wrong_goes_when_its_cause_is_mended(
    linked: Linked, wrong_clock: timedelta, who: str
) -> None:
    till, _division = linked
    document = closing()
    document["payments"][0] |= {"means": "LYDIA", "label": "Lydia", "kind": "other"}
    with time_machine.travel(timezone.now() + (wrong_clock if who == "web" else timedelta())):
        assert till.post("closings", document).json()["state"] == "held"
    with time_machine.travel(timezone.now() + (wrong_clock if who == "worker" else timedelta())):
        reconsider(StoredClosing.objects.get().pk, why="a person looked")
    set_overrides(till.till.establishment, Overrides(means={"LYDIA": MeansOverride(account="467500")}), actor=None)
    tasks.release()
    assert StoredClosing.objects.get().state == "ready"


def test_closing__is_looked_at_once_after_a_change_whatever_the_clock_says(
    linked: Linked, wrong_clock: timedelta
) -> None:
    till, _division = linked
    document = closing()
    document["payments"][0] |= {"means": "LYDIA", "label": "Lydia", "kind": "other"}
    till.post("closings", document)
    with time_machine.travel(timezone.now() + wrong_clock):
        set_overrides(till.till.establishment, Overrides(customer_account="411000"), actor=None)
        looks = [release_mended() for _sweep in range(2)]
    assert looks == [1, 0]
