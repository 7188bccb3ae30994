"""Taking a closing's entries out of Exact again: shown first, once whatever happens, then set aside or booked anew."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from exact.activation.switch import activate
from exact.books.reconcile import reconcile
from exact.models import Activation, Division, Lane, Posting, PostingState
from exports.console import links
from exports.models import Replacement, SetAside, StoredClosing
from exports.reposts.replace import CannotReplace
from exports.reposts.take_out import leaving, take_out
from tenants.factories import StaffFactory, SupportFactory
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, work
from tests.exports.console.test_set_aside import pushed
from tests.exports.reposts.test_replace import march, process
from tests.exports.walking import browser, page, say, stamp, ways, yes
from tests.exports.way.test_looked_at_again import journal

Linked = tuple[Caller, Division]


@pytest.fixture
def booked(linked: Linked) -> StoredClosing:
    till, division = linked
    closing = pushed(till)
    work(division)
    closing.refresh_from_db()
    assert closing.state == "exported"
    return closing


def again(division: Division) -> None:
    Lane.objects.update(paused_until=None)
    work(division)


def test_open_entries__are_deleted_and_the_closing_is_set_aside(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    _till, division = linked
    client = browser(support := SupportFactory())
    assert "take-out" in ways(client, booked)
    text = page(client, "take-out", booked).content.decode()
    assert "What leaves Exact" in text
    assert "Its number there may stay unused" in text
    assert len(exact.entries(division.code)) == 2
    yes(client, "take-out", booked, why="booked by hand as well")
    assert booked.state == "exporting"
    address = reverse("admin:exports_storedclosing_change", args=[booked.pk])
    assert client.get(address).context["next_step"].title == "Its entries are being taken out of Exact"
    assert "being taken out of Exact" in client.get(reverse("admin:exports_storedclosing_changelist")).content.decode()
    shop = client.get(reverse("console_shop", args=[booked.establishment_id])).content.decode()
    assert "Being taken out" in shop and "Entries are being taken out of Exact" in shop
    assert "on their way to Exact" not in shop
    again(division)
    booked.refresh_from_db()
    assert (booked.state, exact.entries(division.code)) == ("archived", [])
    assert "Being taken out" not in client.get(reverse("console_shop", args=[booked.establishment_id])).content.decode()
    aside = SetAside.objects.get()
    assert (aside.why, aside.by) == ("booked by hand as well", support)
    assert reconcile(division) == 0


def test_entry_changed_in_exact__is_shown_as_it_stands_there(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    sale = Posting.objects.get(closing_id=booked.pk, journal="70")
    keeper = Bookkeeper(exact, linked[1])
    keeper.send("PUT", keeper.line(sale, 250), {"AmountFC": 240.0, "VATAmountFC": 49.99})
    text = page(browser(), "take-out", booked).content.decode().replace("\xa0", " ")
    assert ("1,390.00 €" in text, "1,400.00 €</td>" in text.split("What leaves Exact")[1].split("</article>")[0]) == (
        True,
        False,
    )


def test_afterwards__it_may_be_booked_again_once(booked: StoredClosing, linked: Linked, exact: SimulatedExact) -> None:
    _till, division = linked
    client = browser()
    yes(client, "take-out", booked)
    again(division)
    yes(client, "look-again", booked, why="it was right")
    again(division)
    booked.refresh_from_db()
    assert (booked.state, len(exact.entries(division.code))) == ("exported", 2)
    assert {*Posting.objects.filter(state=PostingState.POSTED).values_list("revision", flat=True)} == {2}


def test_pressed_twice__is_one_order(booked: StoredClosing, linked: Linked, exact: SimulatedExact) -> None:
    client = browser()
    shown = stamp(page(client, "take-out", booked))
    say(client, "take-out", booked, shown)
    say(client, "take-out", booked, shown)
    again(linked[1])
    say(client, "take-out", booked, shown)
    assert (Replacement.objects.count(), SetAside.objects.count()) == (1, 1)
    assert exact.entries(linked[1].code) == []


def test_two_people__who_saw_the_same_order_it_once(booked: StoredClosing) -> None:
    one, other = leaving(booked), leaving(booked)
    take_out(one, actor=SupportFactory(), why="one")
    with pytest.raises(CannotReplace):
        take_out(other, actor=SupportFactory(), why="other")


def test_processed_or_closed__is_reversed(booked: StoredClosing, linked: Linked, exact: SimulatedExact) -> None:
    _till, division = linked
    sale = Posting.objects.get(entry_kind="sales")
    process(exact, sale)
    text = page(browser(), "take-out", booked).content.decode()
    assert "a reversal is booked beside it" in text
    yes(browser(), "take-out", booked)
    again(division)
    booked.refresh_from_db()
    sale.refresh_from_db()
    assert (booked.state, sale.state) == ("archived", PostingState.REVERSED)
    assert sum_of(exact.entries(division.code)) == {}


def sum_of(entries: list[dict[str, Any]]) -> dict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in (line for entry in entries for line in entry["lines"]):
        sums[line["account_code"]] += Decimal(line["debit"]) - Decimal(line["credit"])
    return {account: amount for account, amount in sums.items() if amount}


@pytest.mark.parametrize("fault", ["reset_after_commit", "reset_before", "status_503"])
def test_no_answer_to_a_delete__is_tried_again_and_ends_once(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact, fault: str
) -> None:
    _till, division = linked
    yes(browser(), "take-out", booked)
    exact.control("faults", resource="salesentry/SalesEntries", method="DELETE", division=division.code, fault=fault)
    again(division)
    booked.refresh_from_db()
    assert booked.state == "exporting"
    again(division)
    booked.refresh_from_db()
    assert (booked.state, exact.entries(division.code)) == ("archived", [])
    assert SetAside.objects.count() == 1


def test_refused_part__that_is_in_exact_after_all_is_said_and_not_hidden(linked: Linked, exact: SimulatedExact) -> None:
    """Exact said no and booked it all the same; a person sets the closing aside, and the look finds it there."""
    till, division = linked
    fault = {"resource": "salesentry/SalesEntries", "method": "POST", "fault": "refusal_after_commit"}
    exact.control("faults", division=division.code, **fault)
    closing = pushed(till)
    work(division)
    closing.refresh_from_db()
    assert closing.state == "failed"
    client = browser()
    yes(client, "set-aside", closing)
    again(division)
    closing.refresh_from_db()
    assert (closing.state, [it["code"] for it in closing.problems]) == ("failed", ["found_after_all"])
    assert SetAside.objects.count() == 0
    yes(client, "take-out", closing)
    again(division)
    closing.refresh_from_db()
    assert (closing.state, exact.entries(division.code)) == ("archived", [])


def test_what_is_refused_beside_it__goes_as_well(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    journal(exact, division, "30", "closed")
    closing = pushed(till)
    work(division)
    closing.refresh_from_db()
    assert (closing.state, len(exact.entries(division.code))) == ("failed", 1)
    journal(exact, division, "30", "open")
    yes(browser(), "take-out", closing)
    again(division)
    closing.refresh_from_db()
    assert (closing.state, exact.entries(division.code)) == ("archived", [])


def test_staff__may_not(booked: StoredClosing) -> None:
    client = browser(StaffFactory(reseller=booked.tenant.reseller))
    assert "take-out" not in ways(client, booked)
    assert page(client, "take-out", booked).status_code == 403


def test_switched_off_while_a_reversal_waits__the_page_says_so_and_on_again_it_goes(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    process(exact, Posting.objects.get(entry_kind="sales"))
    client = browser()
    yes(client, "take-out", booked)
    assert till.delete("activation").status_code < 300
    again(division)
    address = reverse("admin:exports_storedclosing_change", args=[booked.pk])
    shown = client.get(address).context["next_step"]
    assert (shown.title, shown.set_up_label) == ("It waits: the export to Exact is switched off", "Open the set-up")
    assert links.set_up(booked.establishment) in client.get(address).content.decode()
    assert not activate(Activation.objects.get())
    assert client.get(address).context["next_step"].title == "Its entries are being taken out of Exact"
    again(division)
    booked.refresh_from_db()
    assert (booked.state, sum_of(exact.entries(division.code))) == ("archived", {})


@pytest.mark.parametrize("kinds", [["sales"], ["sales", "cash"]])
def test_processed_between_the_yes_and_the_delete__is_reversed_at_the_second_yes(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact, kinds: list[str]
) -> None:
    """Exact does not delete it, so it differs; the reversal that is ordered then is not held up by what it undoes."""
    _till, division = linked
    yes(browser(), "take-out", booked)
    for entry in exact.entries(division.code):
        if entry["kind"] in kinds:
            exact.control("entries/status", division=division.code, entry_id=entry["entry_id"], status=50)
    again(division)
    booked.refresh_from_db()
    assert booked.state == "failed"
    assert Posting.objects.filter(state=PostingState.DIFFERS).exists()
    yes(browser(), "take-out", booked)
    again(division)
    booked.refresh_from_db()
    assert (booked.state, sum_of(exact.entries(division.code))) == ("archived", {})
    assert Replacement.objects.filter(done_at=None).count() == 0


@pytest.mark.parametrize("gone", [False, True])
def test_reversal_that_was_refused__is_no_obstacle_once_the_entry_can_be_deleted(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact, gone: bool
) -> None:
    """Exact refuses the reversal; the bookkeeper opens the period again, or deletes the entry by hand."""
    _till, division = linked
    sale = Posting.objects.get(entry_kind="sales")
    process(exact, sale)
    yes(browser(), "take-out", booked)
    march(exact, division, "closed")
    again(division)
    booked.refresh_from_db()
    assert (booked.state, Posting.objects.get(reverses=sale).state) == ("failed", PostingState.REFUSED)
    march(exact, division, "open")
    exact.control("entries/status", division=division.code, entry_id=str(sale.entry_id), status=20)
    if gone:
        Bookkeeper(exact, division).delete(sale)
    yes(browser(), "take-out", booked)
    again(division)
    booked.refresh_from_db()
    assert (booked.state, exact.entries(division.code)) == ("archived", [])


def test_reversal_that_stands_although_it_was_refused__leaves_with_the_entry(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    """Exact says no and books the reversal; by hand the entry is deleted, and the closing taken out once more."""
    _till, division = linked
    sale = Posting.objects.get(entry_kind="sales")
    process(exact, sale)
    yes(browser(), "take-out", booked)
    fault = {"resource": "salesentry/SalesEntries", "method": "POST", "fault": "refusal_after_commit"}
    exact.control("faults", division=division.code, **fault)
    again(division)
    assert Posting.objects.get(reverses=sale).state == PostingState.REFUSED
    exact.control("entries/status", division=division.code, entry_id=str(sale.entry_id), status=20)
    Bookkeeper(exact, division).delete(sale)
    assert len(exact.entries(division.code)) == 1
    yes(browser(), "take-out", booked)
    again(division)
    booked.refresh_from_db()
    assert (booked.state, exact.entries(division.code)) == ("archived", [])


def test_switched_off__entries_are_deleted_and_no_reversal_is_begun_that_would_wait(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    sale = Posting.objects.get(entry_kind="sales")
    process(exact, sale)
    assert till.delete("activation").status_code < 300
    shown = page(browser(), "take-out", booked)
    assert (stamp(shown), "switch it on first" in shown.content.decode()) == ("", True)
    say(browser(), "take-out", booked, "")
    assert (booked.state, Replacement.objects.count()) == ("exported", 0)
    exact.control("entries/status", division=division.code, entry_id=str(sale.entry_id), status=20)
    yes(browser(), "take-out", booked)
    again(division)
    booked.refresh_from_db()
    assert (booked.state, exact.entries(division.code)) == ("archived", [])


def test_link_lost__asks_for_a_log_in_on_both_pages(
    booked: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    exact.control("consents/withdraw", client_id="demo-client", user=f"compta{linked[1].code}@example.fr")
    client, words = (
        browser(),
        "The link to Exact is lost, so nothing was done: the customer must log in at Exact again.",
    )
    assert words in page(client, "take-out", booked).content.decode()
    address = reverse("admin:exact_finding_replace", args=[Posting.objects.get(entry_kind="sales").pk])
    assert words in client.get(address, follow=True).content.decode()
