"""A till's device is replaced, as people say it on the till's pages: it goes on counting, or counts from 1."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clyo_ingest import replacing
from clyo_ingest.document import ClosingDocument
from clyo_ingest.errors import ApiError
from clyo_ingest.keys import issue_key
from clyo_ingest.models import PairingCode, Push, PushKind, ReceivedClosing
from clyo_ingest.receive import receive
from exports.console import links
from exports.coverage.freed import archived_beside
from exports.coverage.silent import silences
from exports.models import StoredClosing
from exports.models.coverage import CountersAnew, CoveredTickets
from tenants.factories import AccountantFactory, MerchantFactory, ResellerFactory, StaffFactory, TillFactory
from tenants.models import Till, User
from tests.clients import client_of
from tests.clyo_ingest.given import codes
from tests.conftest import Caller, closing, colleague

addresses = itertools.count(1)  # guesses of codes are counted by address
moment = datetime.fromisoformat


def day_of(number: int, day: str, first: int, **more: Any) -> dict[str, Any]:
    """A GÉNÉRALE of ten tickets of one day."""
    hours = {"business_date": day, "opened_at": f"{day}T08:00:00+01:00", "closed_at": f"{day}T23:00:00+01:00"}
    tickets = [{"station": "1", "first": first, "last": first + 9, "count": 10, "cancelled": 0}]
    return closing(number, **{**hours, "tickets": tickets, "totals": None, **more})


@pytest.fixture
def staff(till: Caller) -> User:
    return StaffFactory(reseller=till.till.tenant.reseller)


@pytest.fixture
def refused(till: Caller) -> Caller:
    """Z 1 and 2 of March came long ago; since the device was changed another Z 1 was refused."""
    for number, day in ((1, "2026-03-14"), (2, "2026-03-15")):
        assert till.post("closings", day_of(number, day, 10 * number - 9)).status_code == 201
    assert till.post("closings", day_of(1, "2026-03-16", 1)).status_code == 409
    return till


def replace(person: User, till: Till, case: str, **form: Any) -> Any:
    asked = {"case": case, "why": "écran cassé", "name": "Caisse neuve", "since": "2026-03-16T07:00", **form}
    return client_of(person).post(reverse("console_replace_till", args=[till.pk]), asked)


def pair(answer: Any) -> Caller:
    """The new device, paired with the code the page showed."""
    [shown] = answer.context["done"].codes
    body = {"code": shown.code, "software": {"name": "Clyo", "version": "5.12.9"}, "device": "neuf"}
    paired = Client(REMOTE_ADDR=f"10.9.0.{next(addresses)}").post("/api/v1/pair", body, content_type="application/json")
    assert paired.status_code == 201, paired.content
    return Caller(shown.till, paired.json()["key"])


def test_replacing__begins_at_the_till_and_asks_which_case_it_is(refused: Caller, staff: User) -> None:
    client, address = client_of(staff), reverse("console_replace_till", args=[refused.till.pk])
    assert address in client.get(links.shop(refused.till.establishment_id)).content.decode()
    assert address in client.get(reverse("console_causes")).content.decode()
    page = client.get(address).content.decode()
    assert "Z 2 du 15/03/2026" in page
    assert "1 clôture a été refusée depuis" in page
    assert "?case=same" in page
    assert "Z 1 · 16/03/2026" in client.get(address, {"case": "anew"}).content.decode()


def test_same_counters__a_new_code_and_the_old_key_ends_when_it_is_used(refused: Caller, staff: User) -> None:
    answer = replace(staff, refused.till, "same")
    assert refused.get("till").status_code == 200
    new = pair(answer)
    assert (new.till, refused.get("till").status_code) == (refused.till, 401)
    assert codes(new.post("closings", day_of(3, "2026-03-16", 21))) == {}
    code = PairingCode.objects.get()
    assert (code.why, code.made_by) == ("écran cassé", staff)
    assert "écran cassé" in client_of(staff).get(links.shop(new.till.establishment_id)).content.decode()


def test_same_counters__loaded_again_the_page_ends_no_code(till: Caller, staff: User) -> None:
    client, address = client_of(staff), reverse("console_replace_till", args=[till.till.pk])
    form = client.get(address, {"case": "same"}).context["form"]
    asked = {"case": "same", "why": "x", "shown_at": str(form["shown_at"].value())}
    first = client.post(address, asked)
    again = client.post(address, asked)
    assert (len(first.context["done"].codes), len(again.context["done"].codes)) == (1, 0)
    assert PairingCode.objects.count() == 1
    wanted = dict(again.context["done"].ask_again)
    fresh = client.post(address, wanted)
    assert (len(fresh.context["done"].codes), client.post(address, wanted).context["done"].codes) == (1, ())
    assert pair(fresh).till == till.till


def test_same_counters__a_lost_device_is_refused_at_once(till: Caller, staff: User) -> None:
    replace(staff, till.till, "same", at_once="on")
    assert till.get("till").status_code == 401


def test_counting_anew__is_a_till_of_its_own_in_place_of_the_former(refused: Caller, staff: User) -> None:
    answer = replace(staff, refused.till, "anew")
    new = pair(answer)
    former = Till.objects.get(pk=refused.till.pk)
    assert (new.till.continues, new.till.establishment_id) == (former, former.establishment_id)
    assert (former.ended_why, refused.get("till").status_code) == ("écran cassé", 401)
    taken = ReceivedClosing.objects.get(till=new.till)
    assert (taken.number, taken.stored.problems) == (1, [])
    assert codes(new.post("closings", day_of(2, "2026-03-17", 11))) == {}
    page = client_of(staff).get(links.shop(former.establishment_id)).content.decode()
    assert "Caisse neuve a pris sa place" in page
    assert "refusée" not in client_of(staff).get(reverse("console_causes")).content.decode()


def test_counting_anew__its_tickets_are_another_series_for_every_till_of_the_shop(refused: Caller, staff: User) -> None:
    beside, again = colleague(refused), day_of(1, "2026-03-17", 11)
    new = pair(replace(staff, refused.till, "anew"))
    assert codes(new.post("closings", again | {"kind": "station", "scope": "1", "number": 7})) == {}
    assert codes(beside.post("closings", again)) == {"checked_against": False}
    late = beside.post("closings", day_of(2, "2026-03-18", 11))
    assert codes(late) == {"tickets_overlap": True}
    stations = CoveredTickets.objects.filter(closing__till=new.till).values_list("station", flat=True)
    assert {*stations} == {"1 (2)"}


def test_counting_anew__what_others_told_since_then_is_of_the_new_series_too(refused: Caller, staff: User) -> None:
    beside = colleague(refused)
    told = {"kind": "station", "scope": "1"}
    assert codes(beside.post("closings", day_of(6, "2026-03-15", 11, **told))) == {"checked_against": False}
    assert codes(beside.post("closings", day_of(7, "2026-03-17", 501, **told))) == {}
    new = pair(replace(staff, refused.till, "anew"))
    general = codes(new.post("closings", day_of(2, "2026-03-17", 501)))
    assert general == {"checked_against": False, "tickets_uncovered": False}  # 11 to 500 were told by nobody
    told_by = CoveredTickets.objects.filter(closing__till=beside.till).order_by("pk")
    assert [*told_by.values_list("station", flat=True)] == ["1", "1 (2)"]


def test_counting_anew__a_closing_of_another_till_across_the_change_asks(refused: Caller, staff: User) -> None:
    beside = colleague(refused)
    replace(staff, refused.till, "anew", since="2026-03-16T15:00")
    held = beside.post("closings", day_of(1, "2026-03-16", 500))
    assert codes(held) == {"counters_anew_within": True}
    stored = StoredClosing.objects.get(pk=held.json()["id"])
    book = reverse("console_way", args=["as-it-is"])
    client = client_of(StaffFactory(reseller=staff.reseller, role="reseller_admin"))
    shown = client.get(book, {"closing": str(stored.pk)}).context["shown"]
    client.post(book, {"closing": str(stored.pk), "confirm": "yes", "why": "vérifié", "shown": shown.digest})
    stored.refresh_from_db()
    assert stored.state == "waiting"


def test_counting_anew__a_closing_of_before_stands_for_none_of_the_new_series(refused: Caller, staff: User) -> None:
    beside = colleague(refused)
    hours = {"opened_at": "2026-03-17T08:00:00+01:00", "closed_at": "2026-03-17T16:00:00+01:00"}
    before = refused.post("closings", day_of(3, "2026-03-17", 1000, **hours))
    new = pair(replace(staff, refused.till, "anew", since="2026-03-17T16:00"))
    later = {"opened_at": "2026-03-17T16:00:00+01:00"}
    assert codes(new.post("closings", day_of(2, "2026-03-17", 1000, **later))) == {"tickets_uncovered": False}
    told = {"kind": "station", "scope": "1", **later}
    part = beside.post("closings", day_of(7, "2026-03-17", 1000, **told))
    assert codes(part) == {"checked_against": False}
    [old, young] = [StoredClosing.objects.get(till=it, number=n) for it, n in ((refused.till, 3), (new.till, 2))]
    assert before.json()["id"] == str(old.pk)
    assert [it.pk for it in archived_beside(young)] == [StoredClosing.objects.get(pk=part.json()["id"]).pk]
    assert archived_beside(old) == []


def test_counting_anew__twice_is_once(refused: Caller, staff: User) -> None:
    replace(staff, refused.till, "anew")
    assert pair(replace(staff, refused.till, "anew", name="Autre")).till.name == "Caisse neuve"
    assert (Till.objects.count(), ReceivedClosing.objects.count()) == (2, 3)
    answer = client_of(staff).get(reverse("console_replace_till", args=[refused.till.pk]))
    assert answer.url == f"{links.shop(refused.till.establishment_id)}#tills"


def test_counting_anew__takes_the_rest_of_many_refused_when_it_is_loaded_again(
    refused: Caller, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "TAKEN_AT_ONCE", 1)
    assert refused.post("closings", day_of(2, "2026-03-17", 11)).status_code == 409
    first, second = [replace(staff, refused.till, "anew").content.decode() for _load in range(2)]
    assert "il reste 1 envoi refusé à reprendre" in first
    assert "à reprendre" not in second
    taken = ReceivedClosing.objects.filter(till__name="Caisse neuve").order_by("number")
    assert [*taken.values_list("number", flat=True)] == [1, 2]


@pytest.mark.parametrize("wrong", [{"why": ""}, {"name": ""}, {"since": "2999-01-01T00:00"}, {"name": "Caisse bar"}])
def test_counting_anew__says_what_is_missing_and_does_nothing(refused: Caller, staff: User, wrong: Any) -> None:
    TillFactory(establishment=refused.till.establishment, name="Caisse bar")
    answer = replace(staff, refused.till, "anew", **wrong)
    assert answer.context["form"].errors.keys() == wrong.keys()
    assert not Till.objects.exclude(continues=None).exists()


def test_a_till_put_away__is_missed_by_nobody(refused: Caller, staff: User) -> None:
    Till.objects.filter(pk=refused.till.pk).update(paired_at=timezone.now() - timedelta(days=300))
    tills, today = Till.objects.all(), timezone.localdate()
    assert [it.till for it in silences(tills, today)] == [refused.till]
    replace(staff, refused.till, "anew")
    assert silences(tills, today) == []


def test_taking_up_again__puts_away_what_never_sent_anything(till: Caller, staff: User) -> None:
    replace(staff, till.till, "anew")
    address = reverse("console_take_up_till", args=[till.till.pk])
    client = client_of(staff)
    assert "Caisse neuve, qui avait pris sa place" in client.get(address).content.decode()
    assert pair(client.post(address, {"why": "réparé"})).till == till.till
    [former, successor] = Till.objects.order_by("pk")
    assert (former.ended_at, successor.continues, successor.ended_why) == (None, None, "réparé")
    assert client.get(address).status_code == 302
    assert replace(staff, till.till, "anew", name="Caisse encore").context["done"].codes[0].till.name == "Caisse encore"


def test_taking_up_again__leaves_in_use_what_has_closings(refused: Caller, staff: User) -> None:
    replace(staff, refused.till, "anew")
    form = {"why": "réparé", "other_in_use": "yes"}
    client_of(staff).post(reverse("console_take_up_till", args=[refused.till.pk]), form)
    assert [*Till.objects.filter(ended_at=None).order_by("pk").values_list("continues", flat=True)] == [None, None]


def test_taking_up_again__asks_whether_the_one_in_its_place_is_still_in_use(refused: Caller, staff: User) -> None:
    successor = pair(replace(staff, refused.till, "anew"))
    address, client = reverse("console_take_up_till", args=[refused.till.pk]), client_of(staff)
    asked = client.get(address).content.decode()
    assert "Caisse neuve, qui a pris sa place et envoyé des clôtures, est-elle encore en service\u202f?" in asked
    assert client.post(address, {"why": "réparé"}).context["form"].errors.keys() == {"other_in_use"}
    client.post(address, {"why": "réparé", "other_in_use": "no"})
    assert [*Till.objects.filter(ended_at=None)] == [refused.till]
    assert successor.post("closings", day_of(2, "2026-03-17", 11)).status_code == 401
    assert not CountersAnew.objects.filter(beside=True).exists()
    # Used again in its turn, it is in use beside the one that took its place back.
    client.post(reverse("console_take_up_till", args=[successor.till.pk]), {"why": "deux", "other_in_use": "yes"})
    assert Till.objects.filter(ended_at=None).count() == 2
    assert CountersAnew.objects.get(beside=True).till == successor.till


def test_a_till_put_away__is_refused_a_closing_that_waited_and_was_made_later(refused: Caller, staff: User) -> None:
    successor = pair(replace(staff, refused.till, "anew"))
    assert replacing.take_up_again(refused.till, why="réparé", both_in_use=False)
    later = timezone.localdate() + timedelta(days=1)
    told = {"kind": PushKind.CLOSING, "content_type": "application/json", "content_encoding": "", "body": b"{}"}
    push = Push.objects.create(tenant=successor.till.tenant, till=successor.till, **told)
    with pytest.raises(ApiError, match="suspended"):
        receive(push, ClosingDocument(**day_of(3, f"{later}", 21)), by_its_key=True)
    assert receive(push, ClosingDocument(**day_of(2, "2026-03-17", 11)), by_its_key=True).new


def test_taken_up_beside_its_successor__what_a_third_till_tells_is_held(
    till: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = colleague(till)
    _push_day(till, bar, 1, "14", (1, 1))
    device = _replaced(till, "Caisse neuve", "2026-03-15T06:00:00+01:00")
    _push_day(device, bar, 2, "15", (1, 11), general=1)
    monkeypatch.setattr(replacing, "timezone", SimpleNamespace(now=lambda: moment("2026-03-16T06:00:00+01:00")))
    assert replacing.take_up_again(till.till, why="réparé")
    told = [_tickets("1", 11), _tickets("2", 21)]
    part = bar.post("closings", day_of(3, "2026-03-16", 1, kind="station", scope="2", tickets=[_tickets("2", 21)]))
    whole = device.post("closings", day_of(2, "2026-03-16", 1, tickets=told))
    assert (codes(part), codes(whole)) == ({"counters_anew_within": True}, {})
    late = Caller(till.till, issue_key(till.till)).post("closings", day_of(2, "2026-03-15", 1, tickets=told))
    assert codes(late)["counters_anew_within"]
    sales = StoredClosing.objects.filter(business_date="2026-03-16", covered_tickets__live=True).distinct()
    assert [it.till for it in sales] == [device.till]


@pytest.mark.django_db(transaction=True)
def test_taken_up_again__a_closing_that_waited_meanwhile_sees_it(till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = colleague(till)
    _push_day(till, bar, 1, "14", (1, 1))
    device = _replaced(till, "Caisse neuve", "2026-03-15T06:00:00+01:00")
    _push_day(device, bar, 2, "15", (1, 11), general=1)
    monkeypatch.setattr(replacing, "timezone", SimpleNamespace(now=lambda: moment("2026-03-16T06:00:00+01:00")))
    told = {"kind": "station", "scope": "2"}
    assert codes(bar.post("closings", day_of(3, "2026-03-15", 1, tickets=[_tickets("2", 501)], **told))) == {}
    part = day_of(4, "2026-03-16", 1, tickets=[_tickets("2", 21)], **told)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as sql:
            assert replacing.take_up_again(till.till, why="réparé")
            waiting = pool.submit(_push_and_leave, bar, part)
            while not waiting.done():
                sql.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) FROM pg_sleep(0.01)")
                if sql.fetchone() == (True,):
                    break
        assert waiting.result().status_code == 201, waiting.result().content
        assert codes(waiting.result())["counters_anew_within"]


def test_taken_up_again__a_closing_across_a_change_that_is_undone_is_looked_at_again(till: Caller) -> None:
    bar = colleague(till)
    _push_day(till, bar, 1, "14", (1, 1))
    _replaced(till, "Caisse neuve", "2026-03-15T15:00:00+01:00")
    part = day_of(2, "2026-03-15", 11, kind="station", scope="2", tickets=[_tickets("2", 11)])
    held = bar.post("closings", part)
    assert codes(held) == {"counters_anew_within": True}
    assert replacing.take_up_again(till.till, why="réparé")
    stored = StoredClosing.objects.get(pk=held.json()["id"])
    assert (stored.state, stored.problems) == ("waiting", [])


def test_replaced_again_after_being_taken_up__each_till_keeps_its_series(
    refused: Caller, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pair(replace(staff, refused.till, "anew"))
    assert codes(first.post("closings", day_of(2, "2026-03-17", 11))) == {}
    monkeypatch.setattr(replacing, "timezone", SimpleNamespace(now=lambda: moment("2026-03-18T06:00:00+01:00")))
    form = {"why": "réparé", "other_in_use": "yes"}
    back = pair(client_of(staff).post(reverse("console_take_up_till", args=[refused.till.pk]), form))
    assert codes(back.post("closings", day_of(3, "2026-03-18", 21))) == {}
    second = pair(replace(staff, refused.till, "anew", name="Caisse encore", since="2026-03-19T07:00"))
    assert codes(second.post("closings", day_of(1, "2026-03-19", 1))) == {}
    assert codes(second.post("closings", day_of(2, "2026-03-20", 11))) == {}
    assert codes(first.post("closings", day_of(3, "2026-03-20", 21))) == {}
    told = {
        caller.till.name: {*CoveredTickets.objects.filter(closing__till=caller.till).values_list("station", flat=True)}
        for caller in (refused, first, second)
    }
    assert told == {refused.till.name: {"1"}, "Caisse neuve": {"1 (2)"}, "Caisse encore": {"1 (3)"}}


def test_two_tills_of_one_shop__replaced_and_taken_up__a_poste_stays_within_its_generale(
    till: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = colleague(till)
    _push_day(till, bar, 1, "14", (1, 1))
    device = _replaced(till, "Caisse neuve", "2026-03-15T06:00:00+01:00")
    _push_day(device, bar, 2, "15", (1, 11), general=1)
    monkeypatch.setattr(replacing, "timezone", SimpleNamespace(now=lambda: moment("2026-03-16T06:00:00+01:00")))
    assert replacing.take_up_again(till.till, why="réparé", both_in_use=False)
    back = Caller(till.till, issue_key(till.till))
    # Of the bar's tickets it cannot be known that they were no new series: that is asked once, and holds nothing.
    _push_day(back, bar, 3, "16", (11, 21), general=2, odd={"tickets_uncovered": False})
    bar_device = _replaced(bar, "Bar 2", "2026-03-17T06:00:00+01:00")
    _push_day(back, bar_device, 1, "17", (21, 1), general=3)
    again = _replaced(till, "Caisse encore", "2026-03-18T06:00:00+01:00")
    _push_day(again, bar_device, 2, "18", (1, 11), general=1)
    with pytest.raises(IntegrityError, match="series that began"):
        CoveredTickets.objects.filter(station="2 (3)").update(station="2 (9)")


def test_taken_up_again_before_the_other_told_anything__nothing_began_anew(till: Caller) -> None:
    bar = colleague(till)
    _push_day(till, bar, 1, "14", (1, 1))
    _replaced(till, "Caisse neuve", "2026-03-15T06:00:00+01:00")
    part = day_of(2, "2026-03-15", 11, kind="station", scope="2", tickets=[_tickets("2", 11)])
    told = StoredClosing.objects.get(pk=bar.post("closings", part).json()["id"]).covered_tickets
    assert told.get().station == "2 (2)"
    assert replacing.take_up_again(till.till, why="réparé")
    assert told.get().station == "2"


def _push_and_leave(till: Caller, document: dict[str, Any]) -> Any:
    try:
        return till.post("closings", document)
    finally:
        connection.close()


def _tickets(station: str, first: int) -> dict[str, Any]:
    return {"station": station, "first": first, "last": first + 9, "count": 10, "cancelled": 0}


def _push_day(
    till: Caller,
    bar: Caller,
    number: int,
    day: str,
    firsts: tuple[int, int],
    *,
    general: int | None = None,
    odd: dict[str, bool] | None = None,
) -> None:
    """The GÉNÉRALE of both stations, then the bar's POSTE: it is within it, and nothing is missing."""
    date, one, two = f"2026-03-{day}", _tickets("1", firsts[0]), _tickets("2", firsts[1])
    whole = till.post("closings", day_of(general or number, date, 1, tickets=[one, two]))
    part = bar.post("closings", day_of(number, date, 1, kind="station", scope="2", tickets=[two]))
    assert (codes(whole), codes(part)) == (odd or {}, {"covered_within": False}), day


def _replaced(till: Caller, name: str, since: str) -> Caller:
    row = replacing.replace_counting_anew(till.till, name=name, since=moment(since), why="cassé")
    return Caller(row, issue_key(row))


@pytest.mark.parametrize("page", ["console_replace_till", "console_take_up_till"])
def test_replacing__is_not_for_a_customer_s_people_nor_for_strangers(till: Caller, page: str) -> None:
    address = reverse(page, args=[till.till.pk])
    for person in (AccountantFactory(tenant=till.till.tenant), MerchantFactory(tenant=till.till.tenant)):
        assert client_of(person).post(address, {"case": "same", "why": "x"}).status_code == 403
    stranger = StaffFactory(reseller=ResellerFactory())
    assert client_of(stranger).post(address, {"case": "same", "why": "x"}).status_code == 404
    assert not PairingCode.objects.exists()
