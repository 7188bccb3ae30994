"""A refused push taken as the corrected version of its closing: the former one leaves the books, and once only."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from clyo_ingest.models import ReceivedClosing
from exact.models import Division, Lane
from exports import tasks
from exports.coverage import rows
from exports.models import SetAside, StoredClosing
from exports.way.accept import reconsider
from tenants.factories import ResellerAdminFactory, StaffFactory, SupportFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.correcting import correct, other, refused
from tests.exports.console.test_set_aside import pushed
from tests.exports.walking import browser, page, ways, yes
from tests.exports.way.test_looked_at_again import sums

Linked = tuple[Caller, Division]
pytestmark = pytest.mark.django_db(transaction=True)


def settled(division: Division) -> None:
    for _round in range(2):
        Lane.objects.update(paused_until=None, minute=None, minute_calls=0)
        work(division)
        tasks.release()
    Lane.objects.update(paused_until=None, minute=None, minute_calls=0)
    work(division)


def states() -> list[tuple[str, bool]]:
    rows = StoredClosing.objects.order_by("created_at")
    return [(it.state, it.corrects_id is not None) for it in rows]


def test_held_one__is_set_aside_and_the_corrected_one_goes(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    former = pushed(till, payments=closing()["payments"][:2])
    push = refused(till, closing())
    client = browser()
    assert "correct" in ways(client, former)
    page = client.get(reverse("admin:clyo_ingest_push_correct", args=[push.pk]))
    assert [row["label"] for row in page.context["rows"] if row["differs"]] == ["Titres-restaurant"]
    correct(push)
    assert states() == [("archived", False), ("ready", True)]
    settled(division)
    assert states() == [("archived", False), ("exported", True)]
    assert len(exact.entries(division.code)) == 2
    aside = SetAside.objects.get()
    assert (aside.closing, aside.instead is not None) == (former, True)


def test_booked_one__leaves_exact_before_the_corrected_one_comes(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    pushed(till)
    work(division)
    push = refused(till, other())
    correct(push)
    assert states() == [("exporting", False), ("held", True)]
    settled(division)
    assert states() == [("archived", False), ("exported", True)]
    sales = [it for it in exact.entries(division.code) if it["journal"] == "70"]
    assert len(sales) == 1
    assert len(exact.entries(division.code)) == 2


def test_former_one_that_exact_did_not_give_up__taken_out_by_another_order_lets_the_corrected_one_go(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    former = pushed(till)
    work(division)
    correct(refused(till, other()))
    for entry in exact.entries(division.code):
        exact.control("entries/status", division=division.code, entry_id=entry["entry_id"], status=50)
    settled(division)
    assert states() == [("failed", False), ("held", True)]
    yes(browser(), "take-out", former)
    settled(division)
    assert states() == [("archived", False), ("exported", True)]
    told = sums(exact, division)
    assert (told["411000"], told["530000"], told["706000"]) == (0, Decimal("335.00"), Decimal("-1009.09"))


def test_corrected_one_that_still_waits__keeps_no_later_one_from_going(
    linked: Linked, exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exports.way.set_aside.BATCH", 1)
    till, division = linked
    pushed(till, totals=None)
    second = pushed(till, **closing(1043, totals=None))
    work(division)
    changed = {"sales": other()["sales"], "payments": other()["payments"], "totals": None}
    for number in (1042, 1043):
        correct(refused(till, closing(number, **changed)))
    for entry in exact.entries(division.code):
        exact.control("entries/status", division=division.code, entry_id=entry["entry_id"], status=50)
    settled(division)
    assert states() == [("failed", False), ("failed", False), ("held", True), ("held", True)]
    yes(browser(), "take-out", second)
    exact.control("settings", forget_usage=True)  # of the minute's sixty calls little is left
    settled(division)
    settled(division)
    assert states() == [("failed", False), ("archived", False), ("held", True), ("exported", True)]


def test_without_tickets__the_corrected_one_never_stands_beside_the_former(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    pushed(till, tickets=[], totals=None)
    work(division)
    correct(refused(till, other(tickets=[], totals=None)))
    tasks.release()
    assert states() == [("exporting", False), ("held", True)]
    settled(division)
    assert states() == [("archived", False), ("exported", True)]


def test_pressed_twice_and_pushed_again__changes_nothing_more(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    pushed(till, payments=closing()["payments"][:2])
    push = refused(till, closing())
    correct(push)
    correct(push)
    settled(division)
    assert (ReceivedClosing.objects.count(), SetAside.objects.count()) == (2, 1)
    assert till.post("closings", closing()).json()["state"] == "exported"
    assert till.post("closings", closing(payments=closing()["payments"][:2])).json()["state"] == "archived"
    assert till.post("closings", other()).status_code == 409
    assert pushed(till, 1043).problems == []
    assert [it.version for it in ReceivedClosing.objects.order_by("received_at")] == [0, 1, 0]


def third(**changes: Any) -> dict[str, Any]:
    """The same number once more, with 20.00 more in cash and at 10 %."""
    told = closing()
    told["sales"][0] |= {"net": "1018.18", "tax": "101.83", "gross": "1120.01"}
    told["payments"][0]["amount"] = "345.00"
    return told | changes


UNTOLD: dict[str, Any] = {"tickets": [], "totals": None}


def test_corrected_twice_while_the_first_is_still_in_exact__only_the_last_stands(
    linked: Linked, exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exact cannot be asked when the first correction is taken, so the former one stays; then a second one comes."""
    till, division = linked
    pushed(till, **UNTOLD)
    work(division)
    away = {"resource": "salesentry/SalesEntries", "method": "GET", "fault": "status_503"}
    exact.control("faults", division=division.code, **away)
    correct(refused(till, other(**UNTOLD)))
    assert states() == [("exported", False), ("held", True)]
    correct(refused(till, third(**UNTOLD)))
    assert states() == [("exporting", False), ("archived", True), ("held", True)]
    with monkeypatch.context() as blind, pytest.raises(IntegrityError, match="what it corrects"):
        blind.setattr(rows, "earlier_versions", lambda _export: [])
        reconsider(StoredClosing.objects.latest("created_at").pk, why="the database knows all of them")
    settled(division)
    assert states() == [("archived", False), ("archived", True), ("exported", True)]
    assert len([it for it in exact.entries(division.code) if it["journal"] == "70"]) == 1


def test_look_again_at_an_older_version__never_books_it_beside_a_later_one(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    first = pushed(till, **UNTOLD)
    work(division)
    correct(refused(till, other(**UNTOLD)))
    settled(division)
    correct(refused(till, third(**UNTOLD)))
    settled(division)
    client = browser()
    with pytest.raises(IntegrityError, match="another closing counts"):
        SetAside.objects.filter(closing=first).update(
            ended_at=timezone.now(), ended_by=SupportFactory(), ended_why="the database knows all of them"
        )
    assert "counts in its place" in page(client, "look-again", first).content.decode()
    yes(client, "look-again", first)
    settled(division)
    assert states() == [("archived", False), ("archived", True), ("exported", True)]


def test_look_again_at_one_taken_out_before_it_was_corrected__is_refused(linked: Linked) -> None:
    till, division = linked
    first = pushed(till, **UNTOLD)
    work(division)
    yes(browser(), "take-out", first)
    settled(division)
    correct(refused(till, other(**UNTOLD)))
    settled(division)
    assert states() == [("archived", False), ("exported", True)]
    yes(browser(), "look-again", first)
    assert states() == [("archived", False), ("exported", True)]


def test_who_may(linked: Linked) -> None:
    till, _division = linked
    pushed(till, payments=closing()["payments"][:2])
    push = refused(till, closing())
    reseller = till.till.tenant.reseller
    assert correct(push, user=StaffFactory(reseller=reseller)).status_code == 403
    assert correct(push, user=ResellerAdminFactory()).status_code == 404
    assert StoredClosing.objects.count() == 1
    assert correct(push, why="  ", user=ResellerAdminFactory(reseller=reseller)).context["why_missing"]
    assert correct(push, user=ResellerAdminFactory(reseller=reseller)).status_code == 200
    assert StoredClosing.objects.count() == 2
