"""What a person must know now: one line each, with what to do and a link that the person may open; nobody else's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from concerns.concern import Concern, Condition
from concerns.found import concerns_of
from exact.books.reconcile import reconcile
from exact.models import Activation, Connection, ConnectionState, Division, Lane, Posting
from exports.console import links
from exports.console.compared import compared, compared_words
from exports.models import StoredClosing
from on_demand.models import MailState, OnDemandExport
from tenants.factories import AccountantFactory, MerchantFactory, ResellerAdminFactory, StaffFactory, SupportFactory
from tenants.models import User
from tenants.viewpoint import Scope
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.console.test_causes import lydia
from tests.world import World

Linked = tuple[Caller, Division]


def of(user: User, kind: Condition) -> list[Concern]:
    return [it for it in concerns_of(Scope(user=user)) if it.condition is kind]


def staff_of(till: Caller) -> User:
    person: User = StaffFactory(reseller=till.till.tenant.reseller)
    return person


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_held__names_the_shop_the_amount_and_where_to_mend_it(linked: Linked) -> None:
    till, _division = linked
    for number in (1042, 1043):
        till.post("closings", lydia(number, "325.00"))
    (held,) = of(staff_of(till), Condition.HELD)
    assert (held.shop, held.amount, len(held.items)) == (str(till.till.establishment), Decimal("2800.00"), 2)
    assert "LYDIA" in held.words
    assert held.head.startswith("2 clôtures")
    assert held.only([held.items[0].key]).head.startswith(f"{held.items[0].label} · 1")
    assert held.mend == "Corriger le paramétrage"
    # An accountant looks at a mapping and changes nothing there: nobody sends it to a form without a button.
    (told,) = of(AccountantFactory(tenant=till.till.tenant), Condition.HELD)
    assert (told.mend, told.address) == (
        "Voir les clôtures",
        links.closings(state="attention", problem="means_unmapped", establishment=till.till.establishment_id),
    )
    assert "Votre revendeur s’en charge." in told.words
    shop, elsewhere = till.till.establishment, "la première du 14/03/2026. Votre revendeur s’en charge."
    for person, is_told in ((MerchantFactory(tenant=shop.tenant), True), (staff_of(till), False)):
        assert (elsewhere in as_(person).get(links.shop(shop.pk)).content.decode()) == is_told


def test_held__alone_leads_straight_to_the_nearest_way_out(linked: Linked) -> None:
    till, _division = linked
    boss = ResellerAdminFactory(reseller=till.till.tenant.reseller)
    short = closing()
    short["payments"][0]["amount"] = "312.60"
    till.post("closings", short)
    [held] = StoredClosing.objects.all()
    way = f"/console/way/gap/?closing={held.pk}"
    (alone,) = of(boss, Condition.HELD)
    assert alone.way == ("Comptabiliser l’écart en compte d’attente…", way)
    page = as_(boss).get("/console/").content.decode()
    assert (f'href="{way}"' in page, "Voir que faire" in page) == (True, True)
    # Who may not book it is not led there.
    (told,) = of(staff_of(till), Condition.HELD)
    assert (told.way, told.again) == (None, ()), "sent again, it stays held"


def test_held__for_one_reason_leads_to_no_way_out_of_one_of_them(linked: Linked) -> None:
    till, _division = linked
    for number in (1042, 1043):
        short = closing(number)
        short["payments"][0]["amount"] = "312.60"
        till.post("closings", short)
    (both,) = of(ResellerAdminFactory(reseller=till.till.tenant.reseller), Condition.HELD)
    assert (len(both.items), both.way) == (2, None)


def test_held__for_two_reasons_is_counted_once(linked: Linked) -> None:
    till, _division = linked
    for number in (1042, 1050):
        document = closing(number, payments=closing()["payments"][:2])
        document["totals"]["perpetual_after"] = document["totals"]["perpetual_after"][:-1] + "1"
        assert till.post("closings", document).json()["state"] == "held"
    with override("en"):
        found = concerns_of(Scope(user=SupportFactory()))
    held = [it for it in found if it.condition is Condition.HELD]
    assert [len(it.items) for it in held] == [2, 2]
    assert sorted(it.amount or 0 for it in held) == [0, 2800]
    assert sum("2 of them wait for another reason, too" in it.words for it in held) == 1


def test_same_cause__in_two_shops_is_two_lines(here: World) -> None:
    kinds = [
        (it.shop, it.condition) for it in concerns_of(Scope(user=here.manager)) if it.condition is Condition.FAILED
    ]
    assert len({shop for shop, _kind in kinds}) == 2


def test_deleted_in_exact__is_a_difference_with_its_amount(posted: Posting, exact: SimulatedExact) -> None:
    Bookkeeper(exact, posted.division).delete(posted)
    reconcile(posted.division)
    (differing,) = of(SupportFactory(), Condition.DIFFERS)
    assert differing.amount == Decimal("1400.00")
    assert f"écriture {posted.entry_number}" in differing.head
    assert "n’est plus dans Exact" in differing.words
    assert str(posted.closing_id) in differing.address


def test_compared__says_when_and_how_many_entries(posted: Posting) -> None:
    scope = Scope(user=SupportFactory())
    assert (compared(scope).green, compared(scope).at) == (False, None)
    reconcile(posted.division)
    assert (compared(scope).green, compared(scope).entries) == (True, 2)
    assert ": 2 écritures." in compared_words(compared(scope)).replace("\xa0", "")


def test_company__not_compared_since_yesterday_is_not_green(posted: Posting) -> None:
    support = SupportFactory()
    Posting.objects.update(posted_at=timezone.now() - timedelta(days=3))
    assert [it.items[0].label for it in of(support, Condition.NOT_COMPARED)] == [posted.division.label]
    reconcile(posted.division)
    assert of(support, Condition.NOT_COMPARED) == []
    Division.objects.update(reconciled_at=timezone.now() - timedelta(hours=31))
    assert len(of(support, Condition.NOT_COMPARED)) == 1
    assert not compared(Scope(user=support)).green
    Activation.objects.update(active=False)
    assert of(support, Condition.NOT_COMPARED) == []


def test_number__that_never_arrived_is_told_until_it_comes(linked: Linked) -> None:
    till, _division = linked
    for number in (1042, 1045):
        till.post("closings", closing(number))
    (gap,) = of(staff_of(till), Condition.MISSING)
    assert gap.head == "Z 1043 – 1044"
    assert till.till.name in gap.words
    for number in (1043, 1044):
        till.post("closings", closing(number))
    assert of(staff_of(till), Condition.MISSING) == []


def test_consent__lost_is_told_with_the_way_to_send_a_new_link(linked: Linked) -> None:
    till, _division = linked
    person = staff_of(till)
    assert of(person, Condition.LINK_LOST) == []
    Connection.objects.update(state=ConnectionState.RECONNECT_REQUIRED)
    (lost,) = of(person, Condition.LINK_LOST)
    assert (lost.mend, lost.shops) == ("Envoyer un nouveau lien", {till.till.establishment_id})
    client = Client()
    client.force_login(person)
    page, _sharp, place = lost.address.partition("#")
    assert f'id="{place}"' in client.get(page).content.decode()
    Activation.objects.update(active=False)
    assert of(person, Condition.LINK_LOST) == []


def test_closing__that_could_not_go_for_hours_says_why(linked: Linked) -> None:
    till, division = linked
    till.post("closings", closing())
    person = staff_of(till)
    assert of(person, Condition.NOT_SENT) == []
    Posting.objects.update(created_at=timezone.now() - timedelta(hours=7))
    Lane.objects.filter(division=division).update(pause_code="unavailable")
    (stuck,) = of(person, Condition.NOT_SENT)
    assert (stuck.head, "Exact ne répond pas" in stuck.words) == ("1 clôture", True)
    work(division)
    assert of(person, Condition.NOT_SENT) == []


def test_waiting__is_one_line_however_many_wait(till: Caller) -> None:
    for number in (1042, 1043):
        assert till.post("closings", closing(number)).json()["state"] == "waiting"
    (waits,) = of(staff_of(till), Condition.WAITING)
    assert (len(waits.items), waits.amount) == (1, Decimal("2800.00"))
    assert "14/03/2026" in waits.words


def test_till__that_usually_closes_and_did_not(till: Caller) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    till.post("closings", closing(tickets=[], totals=None))
    shop = till.till.establishment
    shop.opening_days = [yesterday.isoweekday()]
    shop.save()
    till.till.paired_at = timezone.now()
    till.till.save()
    (silent,) = of(staff_of(till), Condition.SILENT)
    assert silent.head == till.till.name


def test_mail__that_was_refused(here: World) -> None:
    assert of(here.own.staff, Condition.UNDELIVERED) == []
    OnDemandExport.objects.filter(tenant=here.own.tenant).update(
        mail_state=MailState.REFUSED, mail_detail="550 No such user", finished_at=timezone.now()
    )
    (refused,) = of(here.own.staff, Condition.UNDELIVERED)
    assert "550 No such user" in refused.words


def test_shop__has_its_own_alone(here: World) -> None:
    shop = here.own.till.establishment
    found = concerns_of(Scope(user=here.manager, shops=[shop.pk]))
    assert {it.customer for it in found} == {"PROPRE SARL"}
    assert {it.condition for it in found} >= {Condition.FAILED, Condition.DIFFERS}


@pytest.mark.parametrize("who", ["manager", "staff", "accountant", "support"])
def test_every_link__opens_for_whom_it_is_shown_and_nobody_hears_of_a_neighbour(here: World, who: str) -> None:
    lost = Connection.objects.filter(tenant__in=[here.own.tenant, here.foreign.tenant])
    lost.update(state=ConnectionState.RECONNECT_REQUIRED)
    person = {
        "manager": here.manager,
        "staff": here.own.staff,
        "accountant": here.own.accountant,
        "support": SupportFactory(),
    }[who]
    client = Client()
    client.force_login(person)
    concerns = concerns_of(Scope(user=person))
    assert {it.condition for it in concerns} >= {Condition.FAILED, Condition.DIFFERS, Condition.LINK_LOST}
    for concern in concerns:
        assert client.get(concern.address).status_code == 200, concern
    heard = {it.customer for it in concerns}
    assert ("VOISIN SARL" in heard) == (who == "support")
    assert ("SOEURETTE SARL" in heard) == (who != "accountant")


def test_suspended__person_hears_nothing(here: World) -> None:
    person = AccountantFactory(tenant=here.own.tenant, suspended_at=timezone.now())
    assert concerns_of(Scope(user=person)) == []


def test_nothing_wrong__is_no_concern(posted: Posting) -> None:
    StoredClosing.objects.update(business_date=timezone.localdate())
    reconcile(posted.division)
    assert concerns_of(Scope(user=SupportFactory())) == []
