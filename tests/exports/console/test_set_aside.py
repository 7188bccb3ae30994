"""A closing that is not booked, by a person's word: once, with the reason, and to be taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from exact.models import Division, Posting, PostingState
from exports import tasks
from exports.coverage.gaps import still_uncovered
from exports.models import SetAside, StoredClosing
from exports.way.set_aside import set_aside
from on_demand.models import OnDemandClosing, OnDemandFormat
from tenants.factories import AccountantFactory, ResellerAdminFactory, StaffFactory, SupportFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.reposts.test_repost import set_period
from tests.exports.walking import browser, page, say, stamp, ways, yes
from tests.ledger.files.readers.fec import read_fec
from tests.on_demand.given import asked, content_of, done, push, shop

Linked = tuple[Caller, Division]


def pushed(till: Caller, number: int = 1042, **changes: object) -> StoredClosing:
    answer = till.post("closings", closing(number, **changes))
    assert answer.status_code == 201, answer.content
    return StoredClosing.objects.get(pk=answer.json()["id"])


def unbalanced(till: Caller, number: int = 1042) -> StoredClosing:
    return pushed(till, number, payments=closing()["payments"][:2])


def codes_of(stored: StoredClosing) -> list[str]:
    return [problem["code"] for problem in stored.problems]


def test_held__is_archived_with_who_when_and_why(till: Caller) -> None:
    stored, staff = unbalanced(till), StaffFactory(reseller=till.till.tenant.reseller)
    client = browser(staff)
    assert "set-aside" in ways(client, stored)
    yes(client, "set-aside", stored, why="test of the new till")
    aside = SetAside.objects.get()
    assert (stored.state, aside.why, aside.by, aside.instead) == ("archived", "test of the new till", staff, None)
    shown = client.get(reverse("admin:exports_storedclosing_change", args=[stored.pk]))
    assert shown.context["next_step"].title == "Set aside: it is in no book"
    assert [way.name for way in shown.context["ways"]] == ["look-again"]
    assert till.get(f"closings/{stored.pk}").json()["state"] == "archived"


def test_archived__is_held_by_nothing_any_more(till: Caller) -> None:
    stored, client = unbalanced(till), browser()
    yes(client, "set-aside", stored)
    shown = client.get(reverse("admin:exports_storedclosing_change", args=[stored.pk]))
    for told in (till.get(f"closings/{stored.pk}").json()["problems"], shown.context["checks"]):
        assert [(it["code"], it["blocking"]) for it in told] == [("receipts_identity", False), ("set_aside", False)]
    yes(client, "look-again", stored)
    assert [it["blocking"] for it in till.get(f"closings/{stored.pk}").json()["problems"]] == [True]


def test_pressed_twice__is_one_word(till: Caller) -> None:
    stored = unbalanced(till)
    client = browser()
    shown = stamp(page(client, "set-aside", stored))
    for _time in range(2):
        say(client, "set-aside", stored, shown)
    assert (SetAside.objects.count(), stored.events.filter(after="archived").count()) == (1, 1)


def test_shown_otherwise__is_not_set_aside(till: Caller, linked: Linked) -> None:
    stored = unbalanced(till)
    client = browser()
    assert "nothing was done" in say(client, "set-aside", stored, "x").content.decode()
    shown = stamp(page(client, "set-aside", stored))
    StoredClosing.objects.filter(pk=stored.pk).update(problems=[{**stored.problems[0], "code": "turnover_total"}])
    say(client, "set-aside", stored, shown)
    assert (stored.state, SetAside.objects.count()) == ("held", 0)


def test_taken_back__is_looked_at_again_and_may_be_set_aside_anew(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    stored = unbalanced(till)
    client = browser()
    yes(client, "set-aside", stored)
    yes(client, "look-again", stored, why="it was a real day")
    assert (stored.state, SetAside.objects.get().ended_why) == ("held", "it was a real day")
    yes(client, "set-aside", stored)
    assert (stored.state, SetAside.objects.filter(ended_at=None).count()) == ("archived", 1)
    assert exact.entries(division.code) == []


def test_its_tickets__are_free_and_missed_by_nobody(till: Caller) -> None:
    stored = unbalanced(till)
    yes(browser(), "set-aside", stored)
    follower = pushed(till, 1043)
    assert (codes_of(follower), still_uncovered([follower])) == ([], {})
    again = pushed(till, 1044, tickets=closing()["tickets"], totals=None)
    assert again.state == "waiting"


def test_waiting__may_be_set_aside_and_is_not_sent_after_the_activation(till: Caller) -> None:
    stored = pushed(till)
    assert stored.state == "waiting"
    yes(browser(), "set-aside", stored)
    tasks.release()
    stored.refresh_from_db()
    assert stored.state == "archived"


def test_refused_by_exact__is_looked_up_there_first(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    set_period(exact, division, "closed")
    stored = pushed(till)
    work(division)
    stored.refresh_from_db()
    assert stored.state == "failed"
    yes(browser(), "set-aside", stored, why="typed by hand")
    assert stored.state == "exporting"
    set_period(exact, division, "open")
    work(division)
    stored.refresh_from_db()
    assert (stored.state, SetAside.objects.get().why) == ("archived", "typed by hand")
    assert exact.entries(division.code) == []
    assert {*Posting.objects.values_list("state", flat=True)} == {PostingState.WITHDRAWN}


def test_what_is_booked__is_not_set_aside(linked: Linked) -> None:
    till, division = linked
    stored = pushed(till)
    work(division)
    client = browser()
    assert stamp(page(client, "set-aside", stored)) == ""
    say(client, "set-aside", stored, "held")
    assert (stored.state, SetAside.objects.count()) == ("exported", 0)


def test_many__by_cause_go_in_one_run(till: Caller) -> None:
    closings = [unbalanced(till), unbalanced(till, 1050)]
    client = browser()
    [cause] = client.get(reverse("console_causes")).context["causes"]
    form = {"cause": cause.key, "confirm": "yes", "why": "demo data"}
    answer = client.post(reverse("console_way", args=["set-aside"]), form, follow=True)
    assert answer.context["progress"].outcomes == {"archived": 2}
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"archived"}
    assert {it.why for it in SetAside.objects.all()} == {"demo data"}
    assert len(closings) == 2


def test_who_may(till: Caller) -> None:
    stored = unbalanced(till)
    reseller = stored.tenant.reseller
    for user, status in (
        (AccountantFactory(tenant=stored.tenant), 403),
        (StaffFactory(), 404),
        (ResellerAdminFactory(reseller=reseller), 200),
    ):
        client = browser(user)
        assert page(client, "set-aside", stored).status_code == status
        if status != 200:
            assert say(client, "set-aside", stored, "held").status_code == status
    stored.refresh_from_db()
    assert stored.state == "held"


@pytest.mark.django_db(transaction=True)
def test_file__leaves_it_out_and_says_why() -> None:
    till = shop()
    stored = unbalanced(till)
    yes(browser(), "set-aside", stored, why="twice in the drawer")
    push(till, 1050)
    export = done(asked(till, OnDemandFormat.FEC))
    row = OnDemandClosing.objects.get(export=export, closing=stored)
    assert (row.state, row.problems[0]["code"], row.problems[0]["facts"]) == (
        "skipped",
        "set_aside",
        {"why": "twice in the drawer"},
    )


@pytest.mark.django_db(transaction=True)
def test_file_that_was_delivered__is_set_right_in_the_next_one() -> None:
    """A FEC never takes back what it holds: the reversal follows under a number of its own."""
    till = shop()
    stored = pushed(till)
    first = read_fec(content_of(done(asked(till, OnDemandFormat.FEC))))
    yes(browser(), "set-aside", stored)
    lines = read_fec(content_of(done(asked(till, OnDemandFormat.FEC))))
    assert len(lines) == 2 * len(first)
    assert sum(line.debit - line.credit for line in lines if line.account == "411000") == 0
    assert sum(line.debit - line.credit for line in lines if line.account == "706000") == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tickets", [True, False])
def test_file_that_was_delivered__gives_no_second_right_to_the_same_sales(tickets: bool) -> None:
    """A delivered closing was set aside, another over its sales counts: looked at again it is disputed like any."""
    till = shop()
    told = {"tickets": closing()["tickets"] if tickets else [], "totals": None}
    first = pushed(till, **told)
    done(asked(till, OnDemandFormat.FEC))
    yes(browser(), "set-aside", first)
    second = pushed(till, 1043, **told)
    assert second.state == "waiting"
    yes(browser(), "look-again", first)
    assert (first.state, codes_of(first)) == ("held", ["tickets_overlap" if tickets else "same_again"])
    tasks.release()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("held", "waiting")


def refused(statement: str, *values: object) -> str:
    with pytest.raises(IntegrityError) as fault, transaction.atomic(), connection.cursor() as sql:
        sql.execute(statement, values)
    return str(fault.value)


def test_database__keeps_reason_person_and_state(linked: Linked) -> None:
    till, division = linked
    stored, booked = unbalanced(till), pushed(till, 1043)
    work(division)
    person = SupportFactory()
    row = (
        "INSERT INTO exports_setaside (tenant_id, closing_id, why, by_id, at, ended_why) "
        "VALUES (%s, %s, %s, %s, now(), '')"
    )
    assert "says_why" in refused(row, stored.tenant_id, stored.pk, "", person.pk)
    assert "by_id" in refused(row, stored.tenant_id, stored.pk, "seen", None)
    assert "with entries" in refused(row, booked.tenant_id, booked.pk, "seen", person.pk)
    set_aside(stored.pk, actor=person, why="seen")
    assert "one_open" in refused(row, stored.tenant_id, stored.pk, "again", person.pk)
    moved = "UPDATE exports_storedclosing SET state = 'held' WHERE id = %s"
    assert "set aside is archived" in refused(moved, stored.pk)
    assert "never changes" in refused("UPDATE exports_setaside SET why = 'other' WHERE closing_id = %s", stored.pk)
    assert timezone.now() - SetAside.objects.get().at < timedelta(minutes=5)


def test_look_again__takes_back_the_word_that_was_shown_and_no_later_one(till: Caller) -> None:
    stored, client = unbalanced(till), browser()
    yes(client, "set-aside", stored, why="closed twice")
    shown = stamp(page(client, "look-again", stored))
    say(client, "look-again", stored, shown)
    yes(client, "set-aside", stored, why="booked by hand")
    say(client, "look-again", stored, shown)
    assert stored.state == "archived"
    yes(client, "look-again", stored)
    assert stored.state == "held"
