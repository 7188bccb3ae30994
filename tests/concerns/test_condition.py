"""How a shop stands: one word for it, the most urgent; the same for one shop as among many, in as many queries."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from concerns.condition import Condition, condition_of, conditions_of
from concerns.found import concerns_of
from exact.books.reconcile import reconcile
from exact.models import Activation, Connection, ConnectionState, Division, Posting
from exports.coverage.closed import say_closed, say_open
from exports.models import ClosingState, StoredClosing
from tenants.factories import EstablishmentFactory, SupportFactory
from tenants.models import Establishment, Till
from tenants.viewpoint import Scope
from tests.conftest import Caller, closing, work
from tests.exports.console.test_causes import lydia
from tests.world import World, world

Linked = tuple[Caller, Division]


def stands(shop: Establishment) -> Condition:
    return conditions_of(SupportFactory(), [shop])[shop.pk].condition


def test_shop__goes_from_being_set_up_to_all_well(linked: Linked) -> None:
    till, division = linked
    shop = till.till.establishment
    new: Establishment = EstablishmentFactory(tenant=shop.tenant)
    assert (stands(new), stands(shop)) == (Condition.SETTING_UP, Condition.SETTING_UP)
    Till.objects.update(paired_at=timezone.now())
    assert stands(shop) is Condition.SETTING_UP
    till.post("closings", closing())
    StoredClosing.objects.update(business_date=timezone.localdate())
    assert stands(shop) is Condition.MOVING
    work(division)
    assert stands(shop) is Condition.WELL
    today = timezone.localdate()
    say_closed(shop, today, today + timedelta(days=4), by=SupportFactory())
    assert stands(shop) is Condition.CLOSED
    say_open(shop, today, today)
    assert stands(shop) is Condition.WELL


def test_all_well__says_when_the_company_was_compared(linked: Linked) -> None:
    till, division = linked
    Till.objects.update(paired_at=timezone.now())
    till.post("closings", closing())
    StoredClosing.objects.update(business_date=timezone.localdate())
    work(division)
    shop, support = till.till.establishment, SupportFactory()
    assert "Pas encore comparé avec Exact" in conditions_of(support, [shop])[shop.pk].words
    reconcile(division)
    division.refresh_from_db()
    assert division.reconciled_at is not None
    at = date_format(timezone.localtime(division.reconciled_at), "SHORT_DATETIME_FORMAT")
    assert f"Comparé avec Exact le {at}." in conditions_of(support, [shop])[shop.pk].words


def test_shop__has_the_word_of_its_most_urgent_concern(linked: Linked) -> None:
    till, _division = linked
    Till.objects.update(paired_at=timezone.now())
    shop = till.till.establishment
    till.post("closings", lydia(1042, "325.00"))
    StoredClosing.objects.update(business_date=timezone.localdate())
    assert stands(shop) is Condition.HELD
    StoredClosing.objects.update(state=ClosingState.FAILED)
    assert stands(shop) is Condition.FAILED
    Connection.objects.update(state=ConnectionState.RECONNECT_REQUIRED)
    found = condition_of(SupportFactory(), shop)
    assert found is not None
    assert found.shown.condition is Condition.LINK_LOST
    assert [it.condition for it in found.concerns] == [Condition.LINK_LOST, Condition.FAILED]


def test_suspended__is_said_unless_something_waits_for_a_person(linked: Linked) -> None:
    till, _division = linked
    shop = till.till.establishment
    Establishment.objects.filter(pk=shop.pk).update(suspended_at=timezone.now())
    assert stands(shop) is Condition.SUSPENDED
    Establishment.objects.update(suspended_at=None)
    till.post("closings", lydia(1042, "325.00"))
    Establishment.objects.update(suspended_at=timezone.now())
    assert stands(shop) is Condition.HELD


def test_till__paired_for_days_and_never_heard(linked: Linked) -> None:
    till, _division = linked
    Till.objects.update(paired_at=timezone.now() - timedelta(days=3))
    assert stands(till.till.establishment) is Condition.NEVER_SENT


def test_settings__that_no_longer_fit_exact_are_said_before_a_closing_is_held(linked: Linked) -> None:
    till, _division = linked
    problems = [{"code": "third_party_unknown", "pointer": "", "facts": {"third_party": "C1"}, "blocking": True}]
    Activation.objects.update(problems=problems)
    found = conditions_of(SupportFactory(), [till.till.establishment])[till.till.establishment_id]
    assert (found.condition, "C1" in found.words) == (Condition.TO_SET, True)


def test_switched_off__is_said(linked: Linked) -> None:
    till, _division = linked
    Till.objects.update(paired_at=timezone.now())
    Activation.objects.update(active=False)
    assert stands(till.till.establishment) is Condition.SWITCHED_OFF


@pytest.mark.parametrize("who", ["manager", "staff", "accountant", "support"])
def test_conditions__agree_with_the_concerns_and_name_nobody_elses_shop(here: World, who: str) -> None:
    people = {"manager": here.manager, "staff": here.own.staff, "accountant": here.own.accountant}
    person = people.get(who) or SupportFactory()
    shops = [*Establishment.objects.all()]
    found = conditions_of(person, shops)
    assert (here.foreign.till.establishment_id in found) == (who == "support")
    worst: dict[int, Condition] = {}
    for concern in concerns_of(Scope(user=person)):
        for shop in concern.shops:
            worst.setdefault(shop, concern.condition)
    assert worst
    assert {shop: it.condition for shop, it in found.items() if shop in worst} == worst


def test_conditions__of_many_shops_take_no_more_queries_than_of_one(posted: Posting) -> None:
    here, person = world(), SupportFactory()
    reconcile(posted.division)
    for it in (here.own, here.foreign, here.sister):
        for number in (it.number + 3, it.number + 7):
            it.caller.post("closings", closing(number, tickets=[], totals=None))
    Till.objects.update(paired_at=timezone.now() - timedelta(days=9))
    one, many = [here.own.till.establishment], [*Establishment.objects.all()]
    with CaptureQueriesContext(database) as few:
        conditions_of(person, one)
    with CaptureQueriesContext(database) as all_of_them:
        assert len(conditions_of(person, many)) == len(many)
    assert len(all_of_them) <= len(few)
