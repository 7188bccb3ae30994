"""Taking a closing as it is: what it comes to is shown first, it needs a reason, and is done once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from exact.models import Division
from exports.console import way_page
from exports.console.ways_out import CHOSEN_MAX
from exports.models import RepostRun, StoredClosing
from exports.way.as_it_is import outlook, take_as_it_is
from exports.way.shown_digest import ShownOtherwise
from tenants.factories import AccountantFactory, ResellerAdminFactory, StaffFactory, SupportFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.console.test_set_aside import pushed
from tests.exports.walking import browser, page, say, stamp, ways, yes

Linked = tuple[Caller, Division]


def odd(till: Caller, number: int = 1042) -> StoredClosing:
    """Its perpetual total is a cent off; its entries are right."""
    document = closing(number)
    document["totals"]["perpetual_after"] = document["totals"]["perpetual_after"][:-1] + "1"
    return StoredClosing.objects.get(pk=till.post("closings", document).json()["id"])


def test_page__shows_the_entries_and_books_nothing(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    stored = odd(till)
    text = page(browser(), "as-it-is", stored).content.decode()
    for words in ("What will be booked", "411000", "1,400.00", division.label):
        assert words in text, words
    stored.refresh_from_db()
    assert (stored.state, exact.entries(division.code)) == ("held", [])


def test_yes__books_it_once_with_who_and_why(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    stored = odd(till)
    client = browser(support := SupportFactory())
    shown = stamp(page(client, "as-it-is", stored))
    say(client, "as-it-is", stored, shown, why="printed Z agrees")
    say(client, "as-it-is", stored, shown, why="pressed twice")
    work(division)
    stored.refresh_from_db()
    assert (stored.state, len(exact.entries(division.code))) == ("exported", 2)
    event = stored.events.get(before="held")
    assert (event.actor, event.why) == (support, "booked as it is: printed Z agrees")
    history = client.get(reverse("admin:exports_storedclosing_change", args=[stored.pk])).context["history"]
    assert any(it.why == "taken as it is – printed Z agrees" for it in history)


def test_without_a_reason__nothing_is_done(linked: Linked) -> None:
    stored = odd(linked[0])
    client = browser()
    answer = say(client, "as-it-is", stored, stamp(page(client, "as-it-is", stored)), why="  ")
    assert answer.context["why_missing"]
    assert stored.state == "held"


def test_what_changed_since_it_was_shown__is_not_done(linked: Linked) -> None:
    stored = odd(linked[0])
    say(browser(), "as-it-is", stored, "0" * 64)
    assert (stored.state, stored.accepted_problems) == ("held", [])


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once__one_books_it(linked: Linked) -> None:
    stored = odd(linked[0])
    shown = outlook(stored).digest
    both, ended = Barrier(2), []

    def say_yes() -> None:
        both.wait()
        try:
            take_as_it_is(stored.pk, actor=None, why="seen", shown=shown)
            ended.append("done")
        except ShownOtherwise:
            ended.append("too late")
        finally:
            connection.close()

    people = [Thread(target=say_yes) for _person in range(2)]
    for it in people:
        it.start()
    for it in people:
        it.join()
    assert sorted(ended) == ["done", "too late"]
    assert stored.events.filter(before="held").count() == 1


def test_what_no_word_books__says_so_and_names_the_other_ways(linked: Linked) -> None:
    document = closing(payments=closing()["payments"][:1])
    stored = StoredClosing.objects.get(pk=linked[0].post("closings", document).json()["id"])
    client = browser()
    assert "as-it-is" not in ways(client, stored)
    shown = page(client, "as-it-is", stored)
    assert stamp(shown) == ""
    assert [way.name for way in shown.context["others"]] == ["gap", "set-aside"]


def test_a_day_to_come__nobody_lets_it_through_before_and_it_may_be_set_aside(linked: Linked) -> None:
    day = timezone.localdate() + timedelta(days=300)
    stored = pushed(linked[0], business_date=day.isoformat())
    client = browser()
    assert [it for it in ways(client, stored) if it in ("as-it-is", "again", "set-aside")] == ["set-aside"]
    shown = page(client, "as-it-is", stored)
    assert stamp(shown) == ""
    assert "Nobody can let it through before that day." in shown.content.decode()
    assert [way.name for way in shown.context["others"]] == ["set-aside"]
    say(client, "as-it-is", stored, outlook(stored).digest)
    assert (stored.state, stored.accepted_problems) == ("held", [])


def test_beside_a_gap__a_yes_is_kept_and_the_gap_is_booked_after_it(linked: Linked) -> None:
    document = closing(payments=closing()["payments"][:2])
    document["totals"]["perpetual_after"] = document["totals"]["perpetual_after"][:-1] + "1"
    stored = StoredClosing.objects.get(pk=linked[0].post("closings", document).json()["id"])
    client = browser()
    assert "Your yes is kept" in page(client, "as-it-is", stored).content.decode()
    yes(client, "as-it-is", stored)
    assert stored.state == "held"
    yes(client, "gap", stored)
    assert stored.state == "ready"


def test_many__are_shown_and_taken_by_one_run(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    closings = [odd(till), odd(till, 1050)]
    fine = StoredClosing.objects.get(pk=till.post("closings", closing(1060)).json()["id"])
    client = browser()
    shown = page(client, "as-it-is", *closings, fine)
    assert (shown.context["going"], shown.context["left_out"]) == (2, 1)
    form = {"confirm": "yes", "why": "seen", "closing": shown.context["closings"]}
    client.post(reverse("console_way", args=["as-it-is"]), form, follow=True)
    work(division)
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}
    assert len(exact.entries(division.code)) == 6


def test_who_may__is_support_and_the_resellers_administrator(linked: Linked) -> None:
    stored = odd(linked[0])
    reseller = stored.tenant.reseller
    answers = {
        "admin": (ResellerAdminFactory(reseller=reseller), 200),
        "staff": (StaffFactory(reseller=reseller), 403),
        "accountant": (AccountantFactory(tenant=stored.tenant), 403),
        "neighbour": (ResellerAdminFactory(), 404),
    }
    for who, (user, status) in answers.items():
        client = browser(user)
        assert page(client, "as-it-is", stored).status_code == status, who
        if status != 200:
            assert say(client, "as-it-is", stored, outlook(stored).digest).status_code == status, who
            assert stored.state == "held", who


def test_rest__of_what_others_cover_is_its_own_way(linked: Linked) -> None:
    till, _division = linked
    half = {"payments": [{"means": "CB", "kind": "card", "amount": "100.00"}], "other_receipts": []}
    sale = [{"vat": 2, "rate": "10.00", "net": "90.91", "tax": "9.09", "gross": "100.00", "kind": "sale"}]
    part = closing(7, kind="station", scope="1", sales=sale, totals=None, **half)
    part["tickets"][0] |= {"first": 80412, "last": 80421, "count": 10}
    assert till.post("closings", part).status_code == 201
    whole = StoredClosing.objects.get(pk=till.post("closings", closing()).json()["id"])
    client = browser()
    assert ways(client, whole)[:3] == ["again", "between", "rest"]
    yes(client, "rest", whole)
    assert whole.state == "ready"


def test_more_than_an_address_names__are_taken_from_the_list(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    one, client = odd(linked[0]), browser()
    rows = [StoredClosing.objects.get(pk=one.pk) for _place in range(400)]
    for place, row in enumerate(rows):
        row.pk, row.number = uuid7(), 2000 + place
    StoredClosing.objects.bulk_create(rows)
    monkeypatch.setattr(way_page, "SHOWN_MAX", 3)
    chosen = {"action": "book_as_it_is", "_selected_action": [str(one.pk)], "select_across": "1"}
    shown = client.post(reverse("admin:exports_storedclosing_changelist"), chosen)
    assert f'action="{reverse("console_way", args=["as-it-is"])}"' in shown.content.decode()
    form = {"confirm": "yes", "why": "seen", "closing": shown.context["closings"]}
    assert client.post(reverse("console_way", args=["as-it-is"]), form).status_code == 302
    assert RepostRun.objects.get().items.count() == 401


def test_form__holds_as_many_as_are_taken_by_name(linked: Linked) -> None:
    one, client = odd(linked[0]), browser()
    form = {"confirm": "yes", "why": " ", "closing": [str(one.pk)] * CHOSEN_MAX}
    assert client.post(reverse("console_way", args=["as-it-is"]), form).context["why_missing"]
