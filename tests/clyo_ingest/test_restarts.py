"""A till whose counters begin anew: a person says so, or takes the second closing of a number as one of its own."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clyo_ingest.models import Push, ReceivedClosing, Restart
from exact.models import Division
from exports.models import StoredClosing
from tenants.factories import (
    AccountantFactory,
    ResellerAdminFactory,
    ResellerFactory,
    StaffFactory,
    SupportFactory,
)
from tenants.models import Change, User
from tests.clyo_ingest.given import codes
from tests.conftest import Caller, SimulatedExact, closing, work


def on(day: str, number: int, **more: Any) -> dict[str, Any]:
    """A closing of one day of March without tickets and totals, as a restored till numbers it."""
    told = {"business_date": day, "opened_at": f"{day}T08:55:00+01:00", "closed_at": f"{day}T23:40:00+01:00"}
    return closing(number, **{**told, "tickets": [], "totals": None, **more})


def client_of(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def refused(till: Caller) -> Push:
    return Push.objects.filter(till=till.till, answer_status=409).latest("pk")


def take(user: User, push: Push, **form: str) -> Any:
    given = {"reason": "restored", "why": "disk changed on Monday", **form}
    return client_of(user).post(reverse("admin:clyo_ingest_push_take", args=[push.pk]), given)


def note(user: User, till: Caller, since: str, **form: str) -> Any:
    given = {"reason": "software", "why": "version 6", "since": since, **form}
    return client_of(user).post(reverse("admin:tenants_till_restart", args=[till.till.pk]), given)


@pytest.fixture
def twice(till: Caller) -> Caller:
    """A restored till: number 1050 of 17 March came although 1050 of 14 March stands."""
    assert till.post("closings", on("2026-03-14", 1050)).status_code == 201
    assert till.post("closings", on("2026-03-17", 1050)).status_code == 409
    return till


def test_second_closing__is_offered_to_support_on_the_push_s_page(twice: Caller) -> None:
    page = client_of(SupportFactory()).get(reverse("admin:clyo_ingest_push_change", args=[refused(twice).pk]))
    assert f'action="{reverse("admin:clyo_ingest_push_take", args=[refused(twice).pk])}"' in page.content.decode()
    first = Push.objects.filter(till=twice.till).earliest("pk")
    plain = client_of(SupportFactory()).get(reverse("admin:clyo_ingest_push_change", args=[first.pk]))
    assert "take/" not in plain.content.decode()


def test_second_closing__is_taken_as_one_of_its_own(twice: Caller) -> None:
    support, push = SupportFactory(), refused(twice)
    answer = take(support, push)
    taken = ReceivedClosing.objects.get(push=push)
    assert answer.url == reverse("admin:exports_storedclosing_change", args=[taken.pk])
    assert (taken.number, taken.era, str(taken.stored.business_date)) == (1050, 1, "2026-03-17")
    restart = Restart.objects.get()
    assert (restart.by, restart.reason, restart.why) == (support, "restored", "disk changed on Monday")
    push.refresh_from_db()
    assert (push.answer_status, push.answer_code) == (409, "closing_conflict")  # what the till was told
    assert Change.objects.filter(table_name="clyo_ingest_restart", tenant=twice.till.tenant).count() == 1


def test_taken_closing__is_known_when_it_comes_again(twice: Caller) -> None:
    take(SupportFactory(), refused(twice))
    again = twice.post("closings", on("2026-03-17", 1050))
    assert (again.status_code, again.json()["id"]) == (200, str(ReceivedClosing.objects.get(era=1).pk))
    first = twice.post("closings", on("2026-03-14", 1050))
    assert (first.status_code, first.json()["id"]) == (200, str(ReceivedClosing.objects.get(era=0).pk))
    assert twice.post("closings", on("2026-03-18", 1050)).status_code == 409
    listed = twice.get("closings?number=1050").json()["results"]
    assert sorted(it["business_date"] for it in listed) == ["2026-03-14", "2026-03-17"]
    assert twice.get("till").json()["last_closings"][0]["number"] == 1050


def test_taken_closing__is_followed_by_the_next_without_a_warning(twice: Caller) -> None:
    take(SupportFactory(), refused(twice))
    assert codes(twice.post("closings", on("2026-03-18", 1051))) == {}
    assert codes(twice.post("closings", on("2026-03-20", 1053))) == {"number_gap": False}


def test_second_closings__join_the_era_that_the_first_of_them_began(twice: Caller) -> None:
    twice.post("closings", on("2026-03-13", 1049))
    twice.post("closings", on("2026-03-16", 1049))
    earlier = refused(twice)
    take(SupportFactory(), Push.objects.filter(answer_status=409).earliest("pk"))
    take(SupportFactory(), earlier)
    assert {*ReceivedClosing.objects.values_list("number", "era")} == {(1049, 0), (1049, 1), (1050, 0), (1050, 1)}
    assert Restart.objects.count() == 1


def test_second_closing__pressed_twice_is_taken_once(twice: Caller) -> None:
    support, push = SupportFactory(), refused(twice)
    take(support, push)
    assert take(support, push).url == reverse("admin:clyo_ingest_push_change", args=[push.pk])
    assert (ReceivedClosing.objects.count(), Restart.objects.count()) == (2, 1)


def test_second_closing__that_was_pushed_twice_is_taken_once(twice: Caller) -> None:
    twice.post("closings", on("2026-03-17", 1050))
    for push in Push.objects.filter(answer_status=409):
        take(SupportFactory(), push)
    assert (ReceivedClosing.objects.count(), Restart.objects.count()) == (2, 1)


def test_second_closing__is_booked_beside_the_first(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    till.post("closings", on("2026-03-14", 1050))
    till.post("closings", on("2026-03-17", 1050))
    take(SupportFactory(), refused(till))
    while work(division):
        pass
    assert [*StoredClosing.objects.values_list("state", flat=True)] == ["exported", "exported"]
    sales = [it for it in exact.entries(division.code) if it["journal"] == "70"]
    assert sorted(it["date"] for it in sales) == ["2026-03-14", "2026-03-17"]
    assert len({it["reference"] for it in sales}) == 2


def test_second_closing__over_tickets_that_are_booked_is_held(till: Caller) -> None:
    till.post("closings", closing(1050))
    till.post("closings", closing(1050, closed_at="2026-03-15T00:41:00+01:00"))
    take(SupportFactory(), refused(till))
    assert ReceivedClosing.objects.get(era=1).stored.state == "held"
    assert [it["code"] for it in ReceivedClosing.objects.get(era=1).stored.problems] == ["tickets_overlap"]


def test_second_closing__asks_for_a_reason(twice: Caller) -> None:
    take(SupportFactory(), refused(twice), why="")
    take(SupportFactory(), refused(twice), reason="because")
    assert ReceivedClosing.objects.count() == 1


@pytest.mark.parametrize("stranger", [False, True])
@pytest.mark.parametrize("person", [ResellerAdminFactory, StaffFactory, AccountantFactory])
def test_second_closing__is_support_s_to_take(twice: Caller, person: Any, stranger: bool) -> None:
    tenant = twice.till.tenant
    reseller = ResellerFactory() if stranger else tenant.reseller
    own = {"tenant": tenant} if person is AccountantFactory else {"reseller": reseller}
    assert take(person(**own), refused(twice)).status_code == 403
    assert ReceivedClosing.objects.count() == 1


def test_restart__lets_every_counter_begin_anew(till: Caller) -> None:
    told = {"cash": {"float_open": "150.00", "float_left": "150.00"}}
    signed = {"signature": {"algorithm": "x", "value": "aaaa", "previous": "zzzz", "signed": ""}}
    till.post("closings", on("2026-03-14", 1042, **told, **signed, totals=closing()["totals"]))
    answer = note(SupportFactory(), till, "2026-03-15T08:00")
    assert answer.url == reverse("admin:tenants_till_change", args=[till.till.pk])
    anew = {
        "cash": {"float_open": "100.00", "float_left": "100.00"},
        "signature": {"algorithm": "x", "value": "cccc", "previous": "", "signed": ""},
        "totals": {"gross": "1400.00", "perpetual_before": "0.00", "perpetual_after": "1400.00"},
    }
    assert codes(till.post("closings", on("2026-03-15", 1043, **anew))) == {}
    assert codes(till.post("closings", on("2026-03-16", 1))) == {}
    assert till.get("till").json()["last_closings"][0]["number"] == 1043


def test_restart__lets_numbers_come_again(till: Caller) -> None:
    till.post("closings", on("2026-03-14", 1))
    note(SupportFactory(), till, "2026-03-15T08:00")
    assert till.post("closings", on("2026-03-15", 1)).status_code == 201
    assert till.post("closings", on("2026-03-14", 1)).status_code == 200


def test_restart__leaves_what_ended_before_in_its_sequence(till: Caller) -> None:
    till.post("closings", on("2026-03-13", 1041))
    late = till.post("closings", on("2026-03-15", 1043))
    assert codes(late) == {"number_gap": False}
    note(SupportFactory(), till, "2026-03-16T08:00")
    till.post("closings", on("2026-03-14", 1042))
    assert codes(till.get(f"closings/{late.json()['id']}")) == {}


def test_restart__is_noted_with_who_when_and_why(till: Caller) -> None:
    person = ResellerAdminFactory(reseller=till.till.tenant.reseller)
    note(person, till, "2026-03-15T08:00")
    restart = Restart.objects.get()
    assert (restart.by, restart.reason, restart.why) == (person, "software", "version 6")
    assert restart.since == datetime(2026, 3, 15, 7, tzinfo=UTC)
    page = client_of(person).get(reverse("admin:tenants_till_change", args=[till.till.pk])).content.decode()
    assert "version 6" in page


@pytest.mark.parametrize("form", [{"why": ""}, {"since": "yesterday"}, {"reason": "because"}])
def test_restart__without_all_of_it_is_not_noted(till: Caller, form: dict[str, str]) -> None:
    note(SupportFactory(), till, form.pop("since", "2026-03-15T08:00"), **form)
    assert not Restart.objects.exists()


def test_restart__is_not_for_reseller_staff_nor_accountants(till: Caller) -> None:
    tenant = till.till.tenant
    for person in (StaffFactory(reseller=tenant.reseller), AccountantFactory(tenant=tenant)):
        assert note(person, till, "2026-03-15T08:00").status_code == 403
        page = client_of(person).get(reverse("admin:tenants_till_change", args=[till.till.pk])).content.decode()
        assert "restart/" not in page
    assert not Restart.objects.exists()


def test_restart__of_another_reseller_s_till_is_not_found(till: Caller) -> None:
    assert note(ResellerAdminFactory(reseller=ResellerFactory()), till, "2026-03-15T08:00").status_code == 404
    assert not Restart.objects.exists()
