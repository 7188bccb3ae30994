"""Of two tills in use of one line, one is in use no longer: what is held because both were, and the way back."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from clyo_ingest import replacing
from clyo_ingest.keys import issue_key
from exports.console import links
from exports.models import StoredClosing
from exports.models.coverage import CountersAnew, CoveredTickets
from exports.way.as_it_is import outlook, take_as_it_is
from tenants.factories import AccountantFactory, ResellerFactory, StaffFactory
from tenants.models import Till, User
from tests.clients import client_of
from tests.clyo_ingest.given import codes
from tests.conftest import Caller, colleague
from tests.console.test_replace_till import _push_day, _replaced, _tickets, day_of

moment = datetime.fromisoformat
HELD = {"counters_anew_within": True}


class Two:
    """Since 16 March Caisse 1 and the device that took its place on 15 March are both in use; the bar is a third."""

    def __init__(self, till: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bar = colleague(till)
        _push_day(till, self.bar, 1, "14", (1, 1))
        self.device = _replaced(till, "Caisse neuve", "2026-03-15T06:00:00+01:00")
        _push_day(self.device, self.bar, 2, "15", (1, 11), general=1)
        with monkeypatch.context() as patched:
            patched.setattr(replacing, "timezone", SimpleNamespace(now=lambda: moment("2026-03-16T06:00:00+01:00")))
            assert replacing.take_up_again(till.till, why="réparé")
        self.former = Caller(till.till, issue_key(till.till))
        self.staff: User = StaffFactory(reseller=till.till.tenant.reseller)

    def tell(self, number: int, day: str, first: int) -> Any:
        """A POSTE of the bar."""
        part = day_of(number, f"2026-03-{day}", 1, kind="station", scope="2", tickets=[_tickets("2", first)])
        answer = self.bar.post("closings", part)
        assert answer.status_code == 201, answer.content
        return answer


@pytest.fixture
def two(till: Caller, monkeypatch: pytest.MonkeyPatch) -> Two:
    return Two(till, monkeypatch)


def address_of(till: Caller) -> str:
    return reverse("console_unused_till", args=[till.till.pk])


def stop(two: Two, till: Caller, since: str = "", **form: str) -> Any:
    """As a browser does: look, then press what the page shows."""
    client = client_of(two.staff)
    shown = client.get(address_of(till), {"since": since} if since else {})
    asked = {"since": shown.context["since_told"], "why": "vendue"} | form
    return client.post(address_of(till), asked)


def states(*answers: Any) -> list[str]:
    return [StoredClosing.objects.get(pk=it.json()["id"]).state for it in answers]


@pytest.mark.parametrize("stays", ["former", "device"])
def test_unused__releases_what_was_held_because_both_were_in_use(two: Two, stays: str) -> None:
    gone = two.device if stays == "former" else two.former
    first, second = two.tell(3, "16", 21), two.tell(4, "17", 31)
    assert (codes(first), codes(second)) == (HELD, HELD)
    shop = client_of(two.staff).get(links.shop(gone.till.establishment_id)).content.decode()
    assert address_of(two.device) in shop and address_of(two.former) in shop
    page = client_of(two.staff).get(address_of(gone))
    assert {it.number for it in page.context["released"]} == {3, 4}
    assert f"{two.bar.till.name} · Z 3 · 16/03/2026" in page.content.decode()
    done = stop(two, gone)
    assert "2 clôtures" in done.content.decode()
    assert states(first, second) == ["waiting", "waiting"]
    series = "2 (2)" if stays == "device" else "2"
    told = CoveredTickets.objects.filter(closing__number__in=[3, 4], closing__till=two.bar.till)
    assert {*told.values_list("station", flat=True)} == {series}
    row = Till.objects.get(pk=gone.till.pk)
    assert row.ended_at is not None and row.ended_why == "vendue"
    assert gone.get("till").status_code == 401
    assert codes(two.tell(5, "18", 41)) == {}
    after = client_of(two.staff).get(links.shop(gone.till.establishment_id)).content.decode()
    assert address_of(two.device) not in after and address_of(two.former) not in after


def test_unused__since_a_later_moment_leaves_held_what_was_made_before(two: Two) -> None:
    first, second = two.tell(3, "16", 21), two.tell(4, "18", 31)
    page = client_of(two.staff).get(address_of(two.device), {"since": "2026-03-17T06:00"})
    assert [it.number for it in page.context["released"]] == [4]
    assert [it.number for it in page.context["still_held"]] == [3]
    stop(two, two.device, since="2026-03-17T06:00")
    assert states(first, second) == ["held", "waiting"]


def test_unused__is_never_said_of_hours_in_which_it_closed(two: Two) -> None:
    closed = two.device.post("closings", day_of(2, "2026-03-17", 11))
    assert closed.status_code == 201
    client = client_of(two.staff)
    early = client.get(address_of(two.device), {"since": "2026-03-17T06:00"})
    assert early.context["when"].errors.keys() == {"since"}
    assert "17/03/2026 23:00 ou plus tard" in early.content.decode()
    late = client.get(address_of(two.device), {"since": "2999-01-01T06:00"})
    assert late.context["when"].errors.keys() == {"since"}
    refused = client.post(address_of(two.device), {"since": "2026-03-17T06:00", "why": "vendue"})
    assert refused.context["when"].errors.keys() == {"since"}
    assert client.post(address_of(two.device), {"since": "2026-03-18T06:00", "why": ""}).context["form"].errors
    assert not Till.objects.exclude(ended_at=None).exists()


def test_unused__is_said_once_and_taken_back(two: Two) -> None:
    held = two.tell(3, "17", 21)
    stop(two, two.device)
    assert stop_again(two, two.device).status_code == 302
    rows = CountersAnew.objects.count()
    assert states(held) == ["waiting"]
    client = client_of(two.staff)
    take_up = reverse("console_take_up_till", args=[two.device.till.pk])
    assert "est-elle encore en service" in client.get(take_up).content.decode()
    client.post(take_up, {"why": "revenue", "other_in_use": "yes"})
    assert Till.objects.get(pk=two.device.till.pk).ended_at is None
    assert CountersAnew.objects.count() > rows
    page = client.get(links.shop(two.device.till.establishment_id)).content.decode()
    assert address_of(two.device) in page


def stop_again(two: Two, till: Caller) -> Any:
    return client_of(two.staff).post(address_of(till), {"since": "2026-03-20T06:00", "why": "vendue"})


def test_unused__is_not_asked_where_no_other_is_in_use_beside_it(two: Two) -> None:
    client = client_of(two.staff)
    answer = client.get(address_of(two.bar), follow=True)
    assert "remplacez-la ou suspendez-la" in answer.content.decode()
    assert client.post(address_of(two.bar), {"since": "2026-03-20T06:00", "why": "x"}).status_code == 302
    assert not Till.objects.exclude(ended_at=None).exists()


def test_unused__does_nothing_where_a_closing_let_through_tells_the_same_tickets(two: Two) -> None:
    """A person said that the bar's tickets are told nowhere else, and they were taken for the former till's; the device
    that stays tells the same."""
    part = StoredClosing.objects.get(pk=two.tell(3, "17", 21).json()["id"])
    take_as_it_is(part.pk, actor=two.staff, why="bar", shown=outlook(part).digest)
    told = [_tickets("1", 11), _tickets("2", 21)]
    assert codes(two.device.post("closings", day_of(2, "2026-03-17", 11, tickets=told))) == {}
    answer = stop(two, two.former, since="2026-03-16T12:00")
    assert "Rien n’a été fait" in answer.content.decode()
    assert not Till.objects.exclude(ended_at=None).exists()
    assert stop(two, two.former, since="2026-03-18T06:00").status_code == 200
    assert Till.objects.get(pk=two.former.till.pk).ended_at is not None


def test_unused__is_not_for_a_customer_s_people_nor_for_strangers(two: Two) -> None:
    form = {"since": "2026-03-20T06:00", "why": "x"}
    accountant = AccountantFactory(tenant=two.device.till.tenant)
    assert client_of(accountant).post(address_of(two.device), form).status_code == 403
    stranger = StaffFactory(reseller=ResellerFactory())
    assert client_of(stranger).post(address_of(two.device), form).status_code == 404
    assert not Till.objects.exclude(ended_at=None).exists()
