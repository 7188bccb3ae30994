"""An establishment goes on under another company, as people say it on its page; nothing that was booked moves."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.mapping import MeansOverride, Overrides, set_overrides
from booking.models import Mapping
from clyo_ingest import receive
from clyo_ingest.keys import issue_key
from clyo_ingest.models import Parameters, Push, ReceivedClosing
from clyo_ingest.moving import take_back
from clyo_ingest.restarts import may_be_taken
from concerns.condition import Condition, condition_of
from exact.models import Division
from exports import tasks
from exports.console import links
from exports.models import SetAside, StoredClosing
from exports.way.locked_till import LockedTill, lock_till
from postgres.viewer import EVERYTHING, serving
from tenants.factories import AccountantFactory, ResellerFactory, StaffFactory, TenantFactory, TillFactory
from tenants.models import Establishment, MovedTill, TakeOver, Tenant, Till, User
from tests.clients import client_of
from tests.clyo_ingest.given import codes
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing, work
from tests.exports.walking import browser, page, say, stamp, yes

SIREN, OTHER_SIREN = "732829320", "552100554"
TODAY = timezone.localdate()
addresses = itertools.count(1)


def at(number: int, day: date, **more: Any) -> dict[str, Any]:
    """A closing of one day without tickets and totals."""
    hours = {"opened_at": f"{day}T09:00:00+01:00", "closed_at": f"{day}T23:00:00+01:00"}
    return closing(number, business_date=f"{day}", tickets=[], totals=None, **hours, **more)


@pytest.fixture
def staff(till: Caller) -> User:
    return StaffFactory(reseller=till.till.tenant.reseller)


@pytest.fixture
def shop(till: Caller) -> Establishment:
    """A shop with settings of the till and of people, and one closing of ten days ago."""
    assert till.put("parameters", PARAMETERS).status_code == 200
    shop = till.till.establishment
    people = Overrides(sales_journal="75", third_party="77", means={"TR": MeansOverride(account="511840")})
    set_overrides(shop, people, actor=None)
    assert till.post("closings", at(1, TODAY - timedelta(days=10))).status_code == 201
    return shop


def move(person: User, shop: Establishment, **asked: Any) -> Any:
    form = {"day": f"{TODAY - timedelta(days=5)}", "siren": SIREN, "name": "Repreneur SAS", "why": "vendu", **asked}
    return client_of(person).post(reverse("console_move_shop", args=[shop.pk]), form)


def pair(answer: Any) -> Caller:
    [shown] = answer.context["done"].codes
    body = {"code": shown.code, "software": {"name": "Clyo", "version": "5.12.9"}, "device": "la même"}
    paired = Client(REMOTE_ADDR=f"10.8.0.{next(addresses)}").post("/api/v1/pair", body, content_type="application/json")
    assert paired.status_code == 201, paired.content
    return Caller(shown.till, paired.json()["key"])


def test_moving__shows_what_goes_along_and_what_cannot(shop: Establishment, staff: User) -> None:
    client, address = client_of(staff), reverse("console_move_shop", args=[shop.pk])
    assert address in client.get(links.shop(shop.pk)).content.decode()
    assert client.get(address).status_code == 200
    page = client.get(
        address, {"day": f"{TODAY - timedelta(days=20)}", "siren": "732 829 320", "name": "Repreneur SAS"}
    )
    text = page.content.decode()
    for words in ("Repreneur SAS (SIREN 732829320) devient client", "511840", "75", "1 clôture à partir de ce jour"):
        assert words in text
    assert [it.split(" : ")[1] for it in page.context["left"]] == ["77"]
    assert not Tenant.objects.filter(siren=SIREN).exists()


def test_moved__the_new_company_has_the_shop_with_its_settings(shop: Establishment, staff: User) -> None:
    answer = move(staff, shop)
    took = TakeOver.objects.get()
    new = took.successor
    assert (new.tenant.name, new.tenant.siren, new.tenant.reseller) == ("Repreneur SAS", SIREN, shop.tenant.reseller)
    assert (new.code, new.name, new.books_from) == (shop.code, shop.name, TODAY - timedelta(days=5))
    mapping = Mapping.objects.get(establishment=new)
    assert mapping.parameters == Parameters.objects.get(establishment=shop).document
    assert mapping.overrides == {"sales_journal": "75", "means": {"TR": {"account": "511840"}}}
    assert [it.till.establishment for it in answer.context["done"].codes] == [new]
    assert StoredClosing.objects.get().establishment == shop
    client = client_of(staff)
    assert f"Repris par Repreneur SAS le {TODAY - timedelta(days=5):%d/%m/%Y}" in text_of(client, links.shop(shop.pk))
    assert f"Repris de {shop.tenant.name} le" in text_of(client, links.shop(new.pk))
    listed = text_of(client, reverse("admin:tenants_establishment_changelist"))
    assert "repris par Repreneur SAS" in listed
    assert "repris par Repreneur SAS" in text_of(client, f"{reverse('console_search')}?q={shop.code}")
    found = condition_of(staff, Establishment.objects.get(pk=shop.pk))
    assert found is None or found.shown.condition in (Condition.TAKEN_OVER, Condition.WAITING)
    member = client_of(AccountantFactory(tenant=shop.tenant))
    assert "Repreneur" not in text_of(member, links.shop(shop.pk))
    assert member.get(links.shop(new.pk)).status_code == 404


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_old_key__is_taken_before_the_day_and_refused_from_then_on(
    shop: Establishment, staff: User, till: Caller
) -> None:
    move(staff, shop)
    assert till.post("closings", at(2, TODAY - timedelta(days=6))).status_code == 201
    refused = till.post("closings", at(3, TODAY - timedelta(days=5)))
    assert (refused.status_code, refused.json()["code"]) == (403, "taken_over")
    assert Push.objects.latest("pk").answer_code == "taken_over"
    assert "la caisse attend son nouveau code" in text_of(client_of(staff), reverse("console_causes"))
    assert till.post("closings", at(1, TODAY - timedelta(days=10))).status_code == 200


def test_new_key__brings_each_closing_where_it_belongs(shop: Establishment, staff: User, till: Caller) -> None:
    new = pair(move(staff, shop))
    late = new.post("closings", at(2, TODAY - timedelta(days=6)))
    assert late.status_code == 201
    assert StoredClosing.objects.get(pk=late.json()["id"]).establishment == shop
    assert new.post("closings", at(2, TODAY - timedelta(days=6))).json()["id"] == late.json()["id"]
    assert new.get(f"closings/{late.json()['id']}").json()["id"] == late.json()["id"]
    first = ReceivedClosing.objects.get(number=1)
    assert new.get(f"closings/{first.pk}").status_code == 404  # by the former owner's own key
    own = new.post("closings", at(3, TODAY - timedelta(days=5)))
    assert (own.status_code, own.json()["problems"]) == (201, [])
    assert StoredClosing.objects.get(pk=own.json()["id"]).establishment.tenant.siren == SIREN
    assert [it["id"] for it in new.get("closings").json()["results"]] == [own.json()["id"]]
    assert till.get(f"closings/{own.json()['id']}").status_code == 404


def test_new_key__what_the_former_company_took_is_not_taken_again(
    shop: Establishment, staff: User, till: Caller
) -> None:
    sent = at(2, TODAY - timedelta(days=3))
    first = till.post("closings", sent)
    new = pair(move(staff, shop))
    again = new.post("closings", sent)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert codes(new.post("closings", at(2, TODAY - timedelta(days=2)))) == {}
    assert StoredClosing.objects.filter(number=2).count() == 2


def test_taken_out_of_the_former_books__is_taken_for_the_new_company_when_it_is_sent_again(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    shop = till.till.establishment
    sent = at(2, TODAY - timedelta(days=3))
    first = StoredClosing.objects.get(pk=till.post("closings", sent).json()["id"])
    work(division)
    new = pair(move(StaffFactory(reseller=shop.tenant.reseller), shop))
    assert new.post("closings", sent).json()["id"] == str(first.pk)
    yes(browser(), "take-out", first)
    work(division)
    again = new.post("closings", sent)
    kept = StoredClosing.objects.get(pk=again.json()["id"])
    assert (again.status_code, kept.establishment, kept.till) == (201, new.till.establishment, new.till)
    assert new.post("closings", sent).json()["id"] == str(kept.pk)
    first.refresh_from_db()
    assert (first.state, exact.entries(division.code)) == ("archived", [])
    work(exact.link(new.till, *exact.company()))
    tasks.release()
    kept.refresh_from_db()
    assert kept.state == "ready"
    shown = page(browser(), "look-again", first)
    assert (stamp(shown), "the company that took the establishment over" in shown.content.decode()) == ("", True)
    say(browser(), "look-again", first, str(SetAside.objects.get(closing=first).pk))
    assert first.state == "archived"


def test_new_key__a_second_closing_of_the_former_company_is_not_offered_to_the_new(
    shop: Establishment, staff: User
) -> None:
    new = pair(move(staff, shop))
    refused = new.post("closings", at(1, TODAY - timedelta(days=9)))
    assert (refused.status_code, refused.json()["code"]) == (409, "closing_conflict")
    pushes = Push.objects.filter(answer_code="closing_conflict")
    assert [it.till.establishment for it in pushes if may_be_taken(it)] == [shop]


@pytest.mark.parametrize(
    ("name", "owner"),
    [("Bar, entre-temps", "Bar, entre-temps"), ("Terrasse", "Terrasse"), ("Caisse bar", "Caisse bar (2)")],
)
def test_a_till_made_by_hand__what_it_closed_before_the_day_is_the_former_company_s(
    shop: Establishment, staff: User, till: Caller, name: str, owner: str
) -> None:
    Till.objects.filter(pk=till.till.pk).update(name="Caisse bar")
    off = {"suspended_at": timezone.now(), "suspended_why": "en panne"}
    TillFactory(establishment=shop, name="Bar, entre-temps", **off)
    [moved] = move(staff, shop).context["done"].codes
    Till.objects.filter(pk=moved.till.pk).update(name="Renommée")
    new = by_hand(moved.till.establishment, name)
    late = new.post("closings", at(7, TODAY - timedelta(days=6)))
    kept = StoredClosing.objects.get(pk=late.json()["id"])
    assert (late.status_code, kept.establishment, kept.till.name) == (201, shop, owner)
    assert (kept.state, new.post("closings", at(7, TODAY - timedelta(days=6))).status_code) == ("waiting", 200)
    assert new.get(f"closings/{kept.pk}").json()["id"] == f"{kept.pk}"
    assert MovedTill.objects.get(till=new.till).former == Till.objects.get(establishment=shop, name=owner)
    own = new.post("closings", at(8, TODAY - timedelta(days=5)))
    assert StoredClosing.objects.get(pk=own.json()["id"]).till == new.till


def test_a_till_made_by_hand__is_the_former_one_whose_closing_it_sends_again(
    shop: Establishment, staff: User, till: Caller
) -> None:
    sent = at(2, TODAY - timedelta(days=3))
    first = till.post("closings", sent)
    [moved] = move(staff, shop).context["done"].codes
    new = by_hand(moved.till.establishment, "Terrasse")
    again = new.post("closings", sent)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    late = new.post("closings", at(3, TODAY - timedelta(days=7)))
    assert StoredClosing.objects.get(pk=late.json()["id"]).till == till.till


@pytest.mark.parametrize("to", ["a third company", "its first owner"])
@pytest.mark.parametrize("made", ["went along", "by hand"])
def test_sold_twice__each_day_reaches_the_company_of_its_period_once(
    shop: Establishment, staff: User, to: str, made: str
) -> None:
    Tenant.objects.filter(pk=shop.tenant_id).update(siren=OTHER_SIREN)
    [moved] = move(staff, shop).context["done"].codes
    second = moved.till.establishment
    siren = OTHER_SIREN if to == "its first owner" else "552032534"
    answer = move(staff, second, day=f"{TODAY - timedelta(days=3)}", siren=siren, name="Tiers SAS")
    [last] = answer.context["done"].codes
    third = last.till.establishment
    assert (third.tenant == shop.tenant) == (to == "its first owner")
    new = pair(answer) if made == "went along" else by_hand(third, "Terrasse")
    sent = [at(number, TODAY - timedelta(days=days)) for number, days in ((2, 6), (3, 4), (4, 2))]
    for document, owner in zip(sent, (shop, second, third), strict=True):
        first = new.post("closings", document)
        kept = StoredClosing.objects.get(pk=first.json()["id"])
        assert (first.status_code, kept.establishment, kept.state) == (201, owner, "waiting")
        again = new.post("closings", document)
        assert (again.status_code, again.json()["id"]) == (200, f"{kept.pk}")
        assert new.get(f"closings/{kept.pk}").json()["id"] == f"{kept.pk}"
    assert new.post("closings", at(2, TODAY - timedelta(days=7))).status_code == 409
    pushes = Push.objects.filter(answer_code="closing_conflict")
    assert [it.till.establishment for it in pushes if may_be_taken(it)] == [shop]
    assert StoredClosing.objects.count() == 4


def test_sold_twice__what_the_first_company_took_is_not_taken_again(
    shop: Establishment, staff: User, till: Caller
) -> None:
    sent = at(2, TODAY - timedelta(days=1))
    first = till.post("closings", sent)
    [moved] = move(staff, shop).context["done"].codes
    answer = move(staff, moved.till.establishment, day=f"{TODAY - timedelta(days=3)}", siren=OTHER_SIREN, name="Tiers")
    again = pair(answer).post("closings", sent)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


def test_sold_twice__the_first_move_is_not_taken_back_before_the_second(shop: Establishment, staff: User) -> None:
    [moved] = move(staff, shop).context["done"].codes
    move(staff, moved.till.establishment, siren=OTHER_SIREN, name="Tiers SAS")
    answer = client_of(staff).post(reverse("console_move_shop_back", args=[shop.pk]), {"why": "x"}, follow=True)
    assert "a été déplacé encore une fois depuis" in answer.content.decode()
    assert TakeOver.objects.filter(ended_on__isnull=False).count() == 2


def test_moved_tills__are_of_the_two_ends_of_one_take_over(shop: Establishment, staff: User, till: Caller) -> None:
    move(staff, shop)
    stranger = TillFactory()
    with pytest.raises(IntegrityError, match="taken over"):
        MovedTill.objects.create(tenant=till.till.tenant, former=till.till, till=stranger)


def by_hand(shop: Establishment, name: str) -> Caller:
    """A till that somebody made after the move, beside those that went along."""
    row = TillFactory(establishment=shop, name=name)
    return Caller(row, issue_key(row))


def test_moving__twice_is_once_and_a_customer_that_is_there_is_taken(shop: Establishment, staff: User) -> None:
    there = TenantFactory(reseller=shop.tenant.reseller, siren=SIREN, name="Déjà là SAS")
    Establishment.objects.create(tenant=there, code=shop.code, name="Autre")
    move(staff, shop)
    move(staff, shop, siren=OTHER_SIREN, name="Encore SAS")
    new = Establishment.objects.get(tenant=there, name=shop.name)
    assert (TakeOver.objects.get().successor, MovedTill.objects.count()) == (new, 1)
    assert new.code != shop.code


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"siren": "732829321"}, "siren"),
        ({"name": ""}, "name"),
        ({"day": "2020-01-01"}, "day"),
        ({"siren": ""}, "siren"),
    ],
)
def test_moving__says_what_is_wrong_and_does_nothing(shop: Establishment, staff: User, wrong: Any, field: str) -> None:
    assert field in move(staff, shop, **wrong).context["form"].errors
    assert move(staff, shop, why="").context["why"].errors
    assert not TakeOver.objects.exists()
    assert not Tenant.objects.filter(siren=SIREN).exists()


def test_move__is_taken_back_before_the_first_closing_and_made_again(
    shop: Establishment, staff: User, till: Caller
) -> None:
    new = pair(move(staff, shop))
    back = reverse("console_move_shop_back", args=[shop.pk])
    client = client_of(staff)
    assert back in text_of(client, links.shop(shop.pk))
    assert client.get(back).status_code == 200
    assert client.post(back, {"why": "vente annulée"}).url == links.shop(shop.pk)
    successor = Establishment.objects.get(pk=new.till.establishment_id)
    assert (successor.suspended_why, new.get("till").status_code) == ("vente annulée", 401)
    assert TakeOver.objects.get().ended_on is None
    assert till.post("closings", at(2, TODAY)).status_code == 201
    bar = TillFactory(establishment=shop, name="Bar, entre-temps")
    moved = move(staff, shop, day=f"{TODAY + timedelta(days=1)}")
    assert MovedTill.objects.get(former=bar).till.name == bar.name
    assert len(moved.context["done"].codes) == 2
    assert TakeOver.objects.count() == 1
    assert new.till in [it.till for it in moved.context["done"].codes]
    assert Establishment.objects.get(pk=successor.pk).books_from == TODAY + timedelta(days=1)


def test_move__made_again_takes_along_what_was_changed_since_and_leaves_the_new_company_s_codes(
    shop: Establishment, staff: User, till: Caller
) -> None:
    new = pair(move(staff, shop)).till.establishment
    carried = Overrides.model_validate(Mapping.objects.get(establishment=new).overrides)
    set_overrides(new, carried.model_copy(update={"third_party": "88"}), actor=None)
    client = client_of(staff)
    client.post(reverse("console_move_shop_back", args=[shop.pk]), {"why": "vente reportée"})
    people = Overrides(sales_journal="76", third_party="77", means={"TR": MeansOverride(account="511999")})
    set_overrides(shop, people, actor=None)
    slot_1, slot_2 = PARAMETERS["vat"]  # type: ignore[misc]
    said = {**PARAMETERS, "vat": [{**slot_1, "sales_account": "707100"}, slot_2]}
    assert till.put("parameters", said).status_code == 200
    Establishment.objects.filter(pk=shop.pk).update(name="Renommé", opening_days=[1, 2])
    move(staff, shop)
    mapping = Mapping.objects.get(establishment=new)
    assert mapping.parameters["vat"][0]["sales_account"] == "707100"
    assert mapping.overrides == {"sales_journal": "76", "third_party": "88", "means": {"TR": {"account": "511999"}}}
    new.refresh_from_db()
    assert (new.name, new.opening_days, new.suspended_at) == ("Renommé", [1, 2], None)


def test_move__made_again_leaves_a_till_out_that_was_put_away_since(shop: Establishment, staff: User) -> None:
    [moved] = move(staff, shop).context["done"].codes
    client_of(staff).post(reverse("console_move_shop_back", args=[shop.pk]), {"why": "vente reportée"})
    Till.objects.filter(establishment=shop).update(ended_at=timezone.now(), ended_why="remplacée")
    TillFactory(establishment=shop, name="Neuve")
    assert [it.till.name for it in move(staff, shop).context["done"].codes] == ["Neuve"]
    assert Till.objects.get(pk=moved.till.pk).ended_at is not None


def test_move__loaded_again_after_it_was_taken_back_moves_nothing(shop: Establishment, staff: User) -> None:
    shown_at = timezone.now().isoformat()
    move(staff, shop, shown_at=shown_at)
    client_of(staff).post(reverse("console_move_shop_back", args=[shop.pk]), {"why": "vente annulée"})
    client, address = client_of(staff), reverse("console_move_shop", args=[shop.pk])
    form = {"day": f"{TODAY - timedelta(days=5)}", "siren": SIREN, "name": "", "why": "vendu", "shown_at": shown_at}
    answer = client.post(address, form, follow=True)
    assert "annulé depuis l’affichage de cette page : rien n’a été fait" in " ".join(answer.content.decode().split())
    assert TakeOver.objects.get().ended_on is None
    assert move(staff, shop, shown_at=timezone.now().isoformat()).status_code == 200
    assert TakeOver.objects.get().ended_on is not None


@pytest.mark.django_db(transaction=True)
def test_moving__by_two_people_at_once_makes_the_new_company_once(shop: Establishment, staff: User) -> None:
    both = Barrier(2)
    clients = [client_of(it) for it in (staff, StaffFactory(reseller=staff.reseller))]
    form = {"day": f"{TODAY - timedelta(days=5)}", "siren": SIREN, "name": "Repreneur SAS", "why": "vendu"}

    def press(client: Client) -> int:
        both.wait()
        try:
            return int(client.post(reverse("console_move_shop", args=[shop.pk]), form).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(press, clients)] == [200, 200]
    assert (TakeOver.objects.count(), Tenant.objects.filter(siren=SIREN).count()) == (1, 1)


def test_moving__said_again_of_another_company_makes_no_customer(shop: Establishment, staff: User) -> None:
    move(staff, shop)
    move(staff, shop, siren=OTHER_SIREN, name="Encore SAS")
    assert not Tenant.objects.filter(siren=OTHER_SIREN).exists()


def test_move__taken_back_while_a_push_waits_for_the_lock_refuses_it(
    shop: Establishment, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = pair(move(staff, shop))

    def lock_late(till_id: int, **more: Any) -> LockedTill:
        with serving(EVERYTHING):
            assert take_back(TakeOver.objects.get(), why="vente annulée")
        return lock_till(till_id, **more)

    monkeypatch.setattr(receive, "lock_till", lock_late)
    refused = new.post("closings", at(3, TODAY - timedelta(days=5)))
    assert (refused.status_code, refused.json().get("code")) == (403, "suspended")
    assert not StoredClosing.objects.filter(establishment=new.till.establishment).exists()


def test_move__is_not_taken_back_once_a_closing_came(shop: Establishment, staff: User) -> None:
    new = pair(move(staff, shop))
    new.post("closings", at(3, TODAY - timedelta(days=5)))
    client_of(staff).post(reverse("console_move_shop_back", args=[shop.pk]), {"why": "trop tard"})
    assert TakeOver.objects.get().ended_on == TODAY - timedelta(days=5)


def test_moving__to_a_suspended_customer_is_refused(shop: Establishment, staff: User) -> None:
    TenantFactory(reseller=shop.tenant.reseller, siren=SIREN, suspended_at=timezone.now())
    assert "siren" in move(staff, shop).context["form"].errors
    assert not TakeOver.objects.exists()


@pytest.mark.parametrize("page", ["console_move_shop", "console_move_shop_back"])
def test_moving__is_not_for_accountants_nor_strangers(shop: Establishment, page: str) -> None:
    address, form = reverse(page, args=[shop.pk]), {"day": f"{TODAY}", "siren": SIREN, "name": "X", "why": "x"}
    assert client_of(AccountantFactory(tenant=shop.tenant)).post(address, form).status_code == 403
    assert client_of(StaffFactory(reseller=ResellerFactory())).post(address, form).status_code == 404
    assert not TakeOver.objects.exists()
