"""Sweeps: one row's trouble is put off with its row and stops nobody, and every customer has a turn in each round."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection as database
from django.utils import timezone
from structlog.testing import capture_logs

from clyo_ingest.keys import issue_key
from exact.activation import upkeep
from exact.models import Activation, Connection, ConnectionState, Division, Lane
from exports import tasks
from exports.models import RepostItem, StoredClosing
from exports.reposts import repost_runs
from exports.reposts.repost_runs import advance_runs, start_run
from exports.way import sweep
from on_demand.models import MonthlyExport, OnDemandExport, OnDemandFormat
from on_demand.monthly import ask_for_due_months
from on_demand.perform import due_exports
from tenants.factories import SupportFactory, TillFactory
from tenants.models import Change
from tenants.put_off import each_alone, put_off
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing
from tests.on_demand.given import asked, shop

Linked = tuple[Caller, Division]
ON_ACCOUNT = {"means": "CPT", "label": "En compte", "kind": "on_account", "account": "NOBODY7"}


@pytest.fixture
def other(linked: Linked, exact: SimulatedExact) -> Linked:
    """Another customer, whose till pushes into a company of its own."""
    row = TillFactory()
    caller = Caller(row, issue_key(row))
    caller.put("parameters", PARAMETERS)
    return caller, exact.link(row, *exact.company())


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lanes that were woken, instead of waking them."""
    lanes: list[int] = []
    monkeypatch.setattr(tasks, "nudge_lane", lanes.append)
    return lanes


def push_waiting(till: Caller, number: int) -> UUID:
    """A closing that waits although its establishment is active."""
    pk = till.post("closings", closing(number)).json()["id"]
    division = Activation.objects.get(establishment=till.till.establishment).division
    Activation.objects.filter(establishment=till.till.establishment).update(active=False)
    sweep.park_stopped()
    Activation.objects.filter(establishment=till.till.establishment).update(active=True, division=division)
    assert StoredClosing.objects.get(pk=pk).state == "waiting"
    return UUID(pk)


def due_again() -> None:
    """Let the time be over for which anything was put off."""
    for model in (StoredClosing, Activation, Connection, Division, RepostItem):
        model.objects.exclude(put_off_until=None).update(put_off_until=timezone.now() - timedelta(seconds=1))


def states(*pks: UUID) -> list[str]:
    return [StoredClosing.objects.get(pk=pk).state for pk in pks]


@pytest.fixture
def troubled(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[UUID, int]]:
    """Closings that raise when they are looked at again, with how often they did."""
    times: dict[UUID, int] = {}
    reconsider = sweep.reconsider

    def raises(pk: UUID, **more: Any) -> Any:
        if pk in times:
            times[pk] += 1
            raise ArithmeticError("of this closing alone")
        return reconsider(pk, **more)

    monkeypatch.setattr(sweep, "reconsider", raises)
    return times


def test_sweep__wakes_the_lanes_of_all_when_one_consent_is_gone(
    linked: Linked, other: Linked, woken: list[int]
) -> None:
    till, division = linked
    document = closing()
    document["payments"][1] |= ON_ACCOUNT
    assert till.post("closings", document).json()["state"] == "held"
    Connection.objects.filter(pk=division.connection_id).update(state="reconnect_required", refresh_token="x")
    other[0].post("closings", closing())
    tasks.sweep()
    assert woken == [other[1].pk]


def test_sweep__makes_each_step_whatever_became_of_the_one_before(
    linked: Linked, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    till, division = linked
    waits = push_waiting(till, 1042)

    def breaks() -> None:
        raise ArithmeticError

    for step in ("nudge_reposts", "park_stopped", "learn_and_recheck"):
        monkeypatch.setattr(tasks, step, breaks)
    with capture_logs() as said:
        tasks.sweep()
    assert states(waits) == ["ready"]
    assert [it["step"] for it in said if it["event"] == "step_failed"] == ["breaks"] * 3
    tasks.sweep()
    assert woken == [division.pk]


def test_closing__that_raises_is_put_off_and_the_others_go(linked: Linked, troubled: dict[UUID, int]) -> None:
    till, _division = linked
    first, second = push_waiting(till, 1042), push_waiting(till, 1043)
    StoredClosing.objects.filter(pk=first).update(state="waiting")
    troubled[first] = 0
    with capture_logs() as said:
        assert sweep.release_waiting() == 1
    assert states(first, second) == ["waiting", "ready"]
    (line,) = [it for it in said if it["event"] == "put_off"]
    assert (line["row"], line["loop"], line["error"]) == (str(first), "activated", "ArithmeticError")

    sweep.release_waiting()
    assert troubled[first] == 1, "it is not first again at the next round"
    due_again()
    sweep.release_waiting()
    assert troubled[first] == 2
    row = StoredClosing.objects.get(pk=first)
    assert row.put_off_count == 2
    assert row.put_off_until is not None
    assert timedelta(minutes=1) < row.put_off_until - timezone.now() < timedelta(minutes=3), "longer each time"

    del troubled[first]
    due_again()
    sweep.release_waiting()
    row.refresh_from_db()
    assert (row.state, row.put_off_count, row.put_off_until) == ("ready", 0, None)


def test_closings__of_one_customer_keep_no_other_customer_waiting(
    linked: Linked, other: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [push_waiting(linked[0], number) for number in (1042, 1043, 1044)]
    for pk in many:
        StoredClosing.objects.filter(pk=pk).update(state="waiting")
    late = push_waiting(other[0], 1042)
    StoredClosing.objects.filter(pk=late).update(business_date=date(2026, 3, 20))
    StoredClosing.objects.filter(pk__in=many).update(state="waiting")
    monkeypatch.setattr(sweep, "BATCH", 2)
    assert sweep.release_waiting() == 2
    assert states(many[0], late) == ["ready", "ready"], "each one's oldest first"
    assert states(*many[1:]) == ["waiting", "waiting"]


def test_third_parties__are_learnt_for_the_others_when_exact_refuses_one_customer(
    linked: Linked, other: Linked, exact: SimulatedExact
) -> None:
    document = closing()
    document["payments"][1] |= ON_ACCOUNT
    held = [till.post("closings", document).json()["id"] for till, _division in (linked, other)]
    fault = {"resource": "crm/Accounts", "division": linked[1].code, "fault": "status_503", "count": 9}
    exact.control("faults", **fault)
    calls = exact.calls(other[1].code)["total"]
    with capture_logs() as said:
        assert sweep.learn_and_release() == 1
    assert exact.calls(other[1].code)["total"] > calls
    (line,) = [it for it in said if it["event"] == "put_off"]
    troubled = Activation.objects.get(division=linked[1])
    assert (line["row"], line["log_level"], troubled.put_off_count) == (str(troubled.pk), "warning", 1)
    asked_before = exact.calls(linked[1].code)["total"]
    sweep.learn_and_release()
    assert exact.calls(linked[1].code)["total"] == asked_before, "it is left alone"
    assert len(held) == 2
    # That a loop left it alone is nobody's change.
    assert not Change.objects.filter(table_name="exact_activation", after__has_key="put_off_count")


def test_row__is_asked_about_by_one_worker_at_a_time(linked: Linked) -> None:
    pk = Activation.objects.get().pk
    seen: list[list[bool]] = []

    def second_worker(key: int) -> None:
        seen.append([put_off(Activation, key, 0)])

    assert each_alone(Activation, [(pk, 0)], second_worker, loop="test", expected=()) == 1
    assert seen == [[False]]
    assert Activation.objects.get().put_off_until is None


def test_consents__are_kept_alive_beside_one_that_breaks(
    linked: Linked, other: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.now() - timedelta(days=15)
    broken, good = linked[1].connection_id, other[1].connection_id
    Connection.objects.filter(pk=broken).update(access_issued_at=long_ago - timedelta(days=1))
    Connection.objects.filter(pk=good).update(access_issued_at=long_ago)
    renewed: list[int] = []

    def renews(pk: int, **_: Any) -> None:
        renewed.append(pk)
        if pk == broken:
            raise ArithmeticError

    monkeypatch.setattr(upkeep, "renewed", renews)
    upkeep.keep_alive()
    upkeep.keep_alive()
    assert renewed == [broken, good, good]
    assert Connection.objects.get(pk=broken).put_off_count == 1
    assert Connection.objects.get(pk=good).state == ConnectionState.ACTIVE


def test_comparison__that_breaks_is_put_off(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    _till, division = linked

    def breaks(_division: Division) -> None:
        raise ArithmeticError

    monkeypatch.setattr(tasks, "reconcile", breaks)
    assert sweep.unreconciled_divisions() == [division.pk]
    tasks.reconcile_division(division.pk)
    assert sweep.unreconciled_divisions() == []
    due_again()
    assert sweep.unreconciled_divisions() == [division.pk]


def test_repost__that_breaks_is_tried_again_and_given_up_and_stops_no_other(
    linked: Linked, other: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = push_waiting(linked[0], 1042), push_waiting(other[0], 1042)
    repost = repost_runs.repost

    def breaks(pk: UUID, **more: Any) -> Any:
        if pk == broken:
            raise ArithmeticError
        return repost(pk, **more)

    monkeypatch.setattr(repost_runs, "repost", breaks)
    runs = [
        start_run(StoredClosing.objects.filter(pk=pk), actor=SupportFactory(), why="x", reseller_id=None)
        for pk in (broken, good)
    ]
    assert advance_runs() is False
    for run in runs:
        run.refresh_from_db()
    assert [run.finished_at is None for run in runs] == [True, False]
    for _try in range(repost_runs.TRIES - 1):
        due_again()
        advance_runs()
    runs[0].refresh_from_db()
    assert runs[0].finished_at is not None
    assert RepostItem.objects.get(run=runs[0]).outcome == repost_runs.BROKE


def test_runs__of_one_customer_keep_no_other_customer_waiting(db: None) -> None:
    mine, theirs = shop(), shop()
    first = asked(mine, OnDemandFormat.CIEL)
    copied = {name: getattr(first, name) for name in ("tenant", "establishment", "first_date", "last_date", "format")}
    OnDemandExport.objects.bulk_create(OnDemandExport(**copied) for _ in range(120))
    late = asked(theirs, OnDemandFormat.CIEL)
    due = due_exports()
    assert (len(due), due[0]) == (100, first.pk)
    assert late.pk in due


def test_monthly_export__that_breaks_stops_no_other(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from on_demand import monthly

    rows = []
    for till in (shop(), shop()):
        establishment = till.till.establishment
        owner = {"tenant": establishment.tenant, "establishment": establishment}
        rows.append(MonthlyExport.objects.create(**owner, day=1, format=OnDemandFormat.FEC, email="a@example.fr"))
    ask = monthly.ask_for_export

    def breaks(tenant: Any, **more: Any) -> Any:
        if tenant == rows[0].tenant:
            raise ArithmeticError
        return ask(tenant, **more)

    monkeypatch.setattr(monthly, "ask_for_export", breaks)
    (export,) = ask_for_due_months()
    assert export.tenant == rows[1].tenant
    rows[0].refresh_from_db()
    assert rows[0].exported_month is None, "it is due again"


def test_time__of_what_is_put_off_is_the_databases(linked: Linked) -> None:
    pk = Activation.objects.get().pk
    assert put_off(Activation, pk, 0)
    with database.cursor() as cursor:
        cursor.execute("SELECT put_off_until - clock_timestamp() FROM exact_activation WHERE id = %s", [pk])
        [(left,)] = cursor.fetchall()
    assert timedelta(0) < left <= timedelta(minutes=1)
    assert Lane.objects.filter(division=linked[1]).exists()
