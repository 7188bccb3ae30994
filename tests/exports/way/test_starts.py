"""From which day closings go to Exact, and the first ones that a person looks at: the second time of everything."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from booking.mapping import Overrides, SlotOverride, set_overrides
from exact.activation.switch import activate, switch_off
from exact.models import Activation, Division, Posting
from exports import tasks
from exports.models import StoredClosing
from exports.models.start import StartChange
from exports.reposts.replace import dry_run
from exports.reposts.repost import repost
from exports.start.outlook import outlook
from exports.way.decide import REVIEW
from exports.way.reviews import release, say_reviews, waiting_for_review
from exports.way.starts import before_start, say_start
from on_demand.models import OnDemandExport, OnDemandFormat
from on_demand.preview import preview
from on_demand.why_nothing import why_nothing
from tenants.factories import AccountantFactory, StaffFactory
from tenants.models import Establishment
from tests.clients import client_of
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.coverage.covering import lanes, states

Linked = tuple[Caller, Division]


def day(number: int) -> date:
    return date(2026, 3, number)


def of_day(number: int, **changes: Any) -> dict[str, Any]:
    said = {
        "business_date": f"2026-03-{number:02d}",
        "opened_at": f"2026-03-{number:02d}T08:55:00+01:00",
        "closed_at": f"2026-03-{number:02d}T23:40:00+01:00",
        "tickets": [{"station": "1", "first": number * 100, "last": number * 100 + 9, "count": 10}],
        "totals": None,
    }
    return closing(1000 + number, **(said | changes))


def push(till: Caller, *numbers: int) -> list[StoredClosing]:
    answers = [till.post("closings", of_day(number)).json() for number in numbers]
    return [StoredClosing.objects.get(pk=answer["id"]) for answer in answers]


def start(till: Caller, day: date | None) -> None:
    say_start(till.till.establishment_id, day)
    tasks.release()


def off(till: Caller) -> None:
    switch_off(till.till.establishment, way="console")
    tasks.release()


def on(till: Caller) -> None:
    assert not activate(Activation.objects.get(establishment=till.till.establishment_id))
    tasks.release()


def test_start__leaves_what_is_before_it_and_tells_the_till_why(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    start(till, day(12))
    before, first = push(till, 11, 12)
    assert states([before, first]) == ["archived", "ready"]
    told = till.get(f"closings/{before.pk}").json()
    (note,) = told["problems"]
    assert (told["state"], note["code"], note["blocking"]) == ("archived", "before_start", False)
    assert "11/03/2026" in note["message"]
    lanes(division)
    assert {it["date"][:10] for it in exact.entries(division.code)} == {"2026-03-12"}
    # Pushed again, and sent again: it stays what it is.
    assert till.post("closings", of_day(11)).status_code == 200
    tasks.sweep()
    assert states([before]) == ["archived"]


def test_start__said_when_the_export_is_switched_on_holds_for_what_waits(linked: Linked) -> None:
    till, division = linked
    off(till)
    waiting = push(till, 10, 11, 12)
    wrong = till.post("closings", of_day(9, payments=[])).json()
    assert wrong["state"] == "held"
    start(till, day(11))
    assert states(waiting) == ["archived", "waiting", "waiting"]
    assert StoredClosing.objects.get(pk=wrong["id"]).state == "archived"  # nobody need mend what was typed by hand
    on(till)
    lanes(division)
    assert states(waiting) == ["archived", "exported", "exported"]
    off(till)
    on(till)
    assert states(waiting) == ["archived", "exported", "exported"]
    assert [it.number for it in before_start(till.till.establishment).order_by("number")] == [1009, 1010]


def test_start__moved_earlier_books_what_lies_between_and_later_takes_nothing_out(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    start(till, day(12))
    closings = push(till, 10, 11, 12)
    lanes(division)
    shown = outlook(till.till.establishment, division, day(11))
    assert (shown.count, shown.days, shown.held, shown.before) == (1, 1, 0, 1)
    assert [it[:2] for it in shown.journals] == ["30", "70"]
    start(till, day(11))
    lanes(division)
    assert states(closings) == ["archived", "exported", "exported"]
    entries = len(exact.entries(division.code))
    start(till, day(13))
    assert states(closings) == ["archived", "exported", "exported"]
    # What stands can still be replaced there, whatever the first day is now.
    posting = Posting.objects.filter(closing_id=closings[2].pk, entry_kind="sales").get()
    assert dry_run(posting.pk).entries
    start(till, None)
    lanes(division)
    assert states(closings) == ["exported"] * 3
    assert len(exact.entries(division.code)) == entries + 2
    assert not StartChange.objects.filter(done_at=None).exists()


def test_start__moved_later_takes_back_what_was_not_sent(linked: Linked) -> None:
    till, division = linked
    (stored,) = push(till, 11)
    start(till, day(12))
    assert states([stored]) == ["archived"]
    assert not Posting.objects.filter(closing_id=stored.pk).exclude(state="withdrawn").exists()
    work(division)
    start(till, day(11))
    lanes(division)
    assert states([stored]) == ["exported"]


def test_start__after_a_refusal_sent_again_is_archived_not_booked(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    (stored,) = push(till, 11)
    lanes(division)
    assert states([stored]) == ["failed"]
    start(till, day(12))
    assert states([stored]) == ["failed"]
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="open")
    repost(stored.pk, actor=None, why="")
    lanes(division)
    assert (states([stored]), exact.entries(division.code)) == (["archived"], [])


def test_file__holds_what_is_from_before_the_start(linked: Linked) -> None:
    till, _division = linked
    start(till, day(12))
    push(till, 11, 12)
    asked = {"tenant": till.till.tenant, "first_date": day(11), "last_date": day(12)}
    in_file = preview(OnDemandExport(format=OnDemandFormat.FEC, **asked))
    to_exact = preview(OnDemandExport(format=OnDemandFormat.EXACT, **asked))
    assert (in_file.to_do, in_file.archived) == (2, 0)
    assert (to_exact.to_do, to_exact.archived) == (1, 1)
    of_before = asked | {"last_date": day(11)}
    assert why_nothing(OnDemandExport(format=OnDemandFormat.FEC, **of_before)) is None
    assert why_nothing(OnDemandExport(format=OnDemandFormat.CIEL, **of_before)) is None
    assert why_nothing(OnDemandExport(format=OnDemandFormat.EXACT, **of_before)) is not None


def test_database__keeps_the_day_and_the_number_sane(till: Caller) -> None:
    shops = Establishment.objects.filter(pk=till.till.establishment_id)
    for wrong in ({"books_from": date(1900, 1, 1)}, {"reviews_left": 51}):
        with pytest.raises(IntegrityError), transaction.atomic():
            shops.update(**wrong)


def test_review__holds_the_first_ones_until_so_many_are_released(linked: Linked) -> None:
    till, division = linked
    shop = till.till.establishment
    staff = StaffFactory(reseller=till.till.tenant.reseller)
    say_reviews(shop.pk, 2)
    closings = push(till, 10, 11, 12, 13)
    assert states(closings) == ["held"] * 4
    assert [it.pk for it in waiting_for_review(shop)] == [it.pk for it in closings]
    client, page = client_of(staff), reverse("console_way", args=["release"])
    shown = client.get(page, {"closing": closings[0].pk})
    assert "Journal 70" in shown.content.decode()
    digest = shown.context["shown"].digest
    confirmed = {"closing": closings[0].pk, "confirm": "yes", "shown": digest}
    client.post(page, confirmed)
    client.post(page, confirmed)  # pressed twice: counted once
    shop.refresh_from_db()
    assert (states(closings), shop.reviews_left) == (["ready", "held", "held", "held"], 1)
    release(closings[1].pk, actor=staff)
    tasks.release()
    shop.refresh_from_db()
    lanes(division)
    assert (states(closings), shop.reviews_left) == (["exported"] * 4, 0)


def test_review__is_nothing_another_s_people_or_a_reader_may_end(linked: Linked) -> None:
    till, _division = linked
    say_reviews(till.till.establishment_id, 1)
    (stored,) = push(till, 10)
    confirmed = {"closing": str(stored.pk), "confirm": "yes", "shown": ""}
    page = reverse("console_way", args=["release"])
    for person, status in ((StaffFactory(), 404), (AccountantFactory(tenant=till.till.tenant), 403)):
        assert client_of(person).post(page, confirmed).status_code == status
    assert states([stored]) == ["held"]


def test_review__several_at_once_and_none_once_it_is_called_off(linked: Linked) -> None:
    till, _division = linked
    shop = till.till.establishment
    say_reviews(shop.pk, 3)
    closings = push(till, 10, 11)
    staff = client_of(StaffFactory(reseller=till.till.tenant.reseller))
    by_cause = re.search(r'href="([^"]*/way/release/[^"]*)"', staff.get(reverse("console_causes")).content.decode())
    assert by_cause is not None
    assert staff.get(by_cause[1]).context["total"] == 2
    chosen = {"closing": [str(it.pk) for it in closings], "confirm": "yes"}
    assert staff.post(reverse("console_way", args=["release"]), chosen).status_code == 302
    tasks.reposts()
    assert states(closings) == ["ready", "ready"]
    (last,) = push(till, 12)
    assert REVIEW.code in [it["code"] for it in StoredClosing.objects.get(pk=last.pk).problems]
    say_reviews(shop.pk, 0)
    tasks.release()
    assert states([last]) == ["ready"]


def test_review__of_one_that_something_else_holds_by_then_is_still_to_be_made(linked: Linked) -> None:
    till, _division = linked
    shop = till.till.establishment
    say_reviews(shop.pk, 2)
    (stored,) = push(till, 10)
    set_overrides(shop, Overrides(slots={2: SlotOverride(sales_account="999999")}), actor=None)
    release(stored.pk, actor=StaffFactory(reseller=till.till.tenant.reseller))
    assert states([stored]) == ["held"]
    set_overrides(shop, Overrides(), actor=None)
    tasks.release()
    assert (states([stored]), waiting_for_review(shop).count()) == (["held"], 1)


def test_page__shows_what_a_move_changes_and_makes_just_that(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    shop = till.till.establishment
    start(till, day(12))
    push(till, 10, 11, 12)
    lanes(division)
    page, staff = reverse("console_start", args=[shop.pk]), StaffFactory(reseller=till.till.tenant.reseller)
    client = client_of(staff)
    shown = client.get(page, {"from": "2026-03-11"})
    assert shown.context["going"].count == 1
    confirmed = {"from": "2026-03-11", "shown": shown.context["shown"]}
    assert "why-missing" in client.post(page, confirmed).content.decode()
    push(till, 9)
    till.post(
        "closings", of_day(11) | {"number": 2011, "tickets": [{"station": "2", "first": 1, "last": 9, "count": 9}]}
    )
    assert client.post(page, confirmed | {"why": "ressaisi à tort"}).status_code == 200  # other than what was shown
    shown = client.get(page, {"from": "2026-03-11"})
    said = confirmed | {"shown": shown.context["shown"], "why": "ressaisi à tort"}
    assert client.post(page, said).status_code == 302
    client.post(page, said)
    change = StartChange.objects.get(before=day(12))
    assert (change.after, change.why, change.actor) == (day(11), "ressaisi à tort", staff)
    tasks.release()
    lanes(division)
    assert {it["date"][:10] for it in exact.entries(division.code)} == {"2026-03-11", "2026-03-12"}
    assert client.post(page, {"reviews": "3"}).status_code == 302
    shop.refresh_from_db()
    assert shop.reviews_left == 3
    for person, status in ((StaffFactory(), 404), (AccountantFactory(tenant=till.till.tenant), 403)):
        assert client_of(person).post(page, said | {"from": "2026-03-01"}).status_code == status
