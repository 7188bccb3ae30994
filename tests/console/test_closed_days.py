"""Closing a shop for holidays, and answering whether it was closed: by whom, twice, taken back, and who may not."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from concerns.concern import Condition
from concerns.found import concerns_of
from exports.console import links
from exports.models import ClosedDays, StoredClosing
from ledger.checks.period import MAINLAND
from tenants.factories import EstablishmentFactory, SupportFactory
from tenants.models import Establishment, Till, User
from tenants.viewpoint import Scope
from tests.clients import client_of
from tests.world import Customer, World

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """By noon nothing of yesterday is awaited any more."""
    with travel(datetime.combine(timezone.localdate(), time(12), MAINLAND)):
        yield


@pytest.fixture
def here(here: World) -> World:
    """Its own shop closed last three days ago, and is open every day; nothing is said of it."""
    shop = here.own.till.establishment
    Establishment.objects.filter(pk=shop.pk).update(opening_days=EVERY_DAY)
    Till.objects.filter(pk=here.own.till.pk).update(paired_at=timezone.now() - timedelta(days=3))
    StoredClosing.objects.filter(till=here.own.till).update(business_date=ago(3), state="exported")
    ClosedDays.objects.filter(tenant=here.own.tenant).delete()
    return here


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def spans(customer: Customer) -> list[tuple[date, date, str, User]]:
    rows = ClosedDays.objects.filter(establishment=customer.till.establishment)
    return [(it.first_day, it.last_day, it.kind, it.said_by) for it in rows]


def ask_days(customer: Customer) -> str:
    return reverse("console_closed", args=[customer.till.establishment_id])


def ask_day(customer: Customer) -> str:
    return reverse("console_closed_day", args=[customer.till.establishment_id])


def answer(client: Client, customer: Customer, day: date, **more: Any) -> HttpResponse:
    found: HttpResponse = client.post(ask_day(customer), {"day": day.isoformat()} | more, follow=True)
    assert found.status_code == 200
    return found


def silent(person: User) -> list[str]:
    return [it.address for it in concerns_of(Scope(user=person)) if it.condition is Condition.SILENT]


def close(client: Client, customer: Customer, first: date, last: date, **more: str) -> HttpResponse:
    """As a browser does: look, then press what the page shows."""
    days = {"first": first.isoformat(), "last": last.isoformat()} | more
    shown = client.get(ask_days(customer), days)
    found: HttpResponse = client.post(ask_days(customer), days | {"shown": shown.context["shown"]}, follow=True)
    return found


@pytest.mark.parametrize("who", ["merchant", "accountant", "staff"])
def test_question__is_answered_by_a_press_and_taken_back_by_another(here: World, who: str) -> None:
    person = getattr(here.own, who)
    client = client_of(person)
    assert silent(person) == [links.closed_day(here.own.till.establishment_id, ago(2))]
    page = client.get(
        reverse(
            "admin:index" if who == "merchant" else "console_shop",
            args=[] if who == "merchant" else [here.own.till.establishment_id],
        )
    )
    assert f'action="{ask_day(here.own)}"' in page.content.decode()
    asked = client.get(silent(person)[0])
    assert [it.day for it in asked.context["others"]] == [ago(1)]
    for _pressed in range(2):
        said = answer(client, here.own, ago(2), answer="closed")
        assert spans(here.own) == [(ago(2), ago(2), "day", person)]
    assert "était déjà indiqué comme fermé" in said.content.decode()
    assert silent(person) == [links.closed_day(here.own.till.establishment_id, ago(1))]
    answer(client, here.own, ago(1), answer="until", last=ago(-9).isoformat())
    assert spans(here.own) == [(ago(2), ago(-9), "day", person)]
    assert silent(person) == []
    answer(client, here.own, ago(1), answer="open")
    assert [it[:2] for it in spans(here.own)] == [(ago(2), ago(2)), (ago(0), ago(-9))]
    answer(client, here.own, ago(-5), answer="back")
    assert [it[:2] for it in spans(here.own)] == [(ago(2), ago(2))]
    still = answer(client, here.own, ago(1), answer="open").content.decode()
    assert ("PROPRE maison" in still) == (who == "merchant")
    assert "toujours attendue" in still


def test_question__takes_no_day_that_is_none(here: World) -> None:
    client = client_of(here.own.merchant)
    assert client.get(ask_day(here.own)).status_code == 404
    assert client.get(ask_day(here.own), {"day": "2026-02-30"}).status_code == 404
    for last in ("", "2026-02-30", ago(3).isoformat(), ago(-2000).isoformat()):
        answer(client, here.own, ago(2), answer="until", last=last)
    answer(client, here.own, ago(2), answer="perhaps")
    assert spans(here.own) == []


def test_holidays__are_looked_at_then_said_once(here: World) -> None:
    shop, client = here.own.till.establishment, client_of(here.own.merchant)
    first, last = ago(-3), ago(-12)
    ((looked, _before),) = client.get(
        ask_days(here.own), {"first": first.isoformat(), "last": last.isoformat()}
    ).context["looked"]
    assert (looked.lifted, looked.came, looked.again) == (10, 0, ((here.own.till, ago(-13)),))
    assert spans(here.own) == []
    for _pressed in range(2):
        close(client, here.own, first, last, text="congés d’été")
        assert spans(here.own) == [(first, last, "holidays", here.own.merchant)]
    page = client.get(links.shop(shop.pk)).content.decode()
    assert "congés d’été" in page
    # Opened again earlier, then taken back; each pressed twice.
    for taken in (
        {"first": ago(-9).isoformat(), "last": last.isoformat()},
        {"first": first.isoformat(), "last": last.isoformat()},
    ):
        for _pressed in range(2):
            client.post(ask_days(here.own), {"do": "open"} | taken)
        assert [it[:2] for it in spans(here.own)] == ([(first, ago(-8))] if taken["first"] != first.isoformat() else [])


@pytest.mark.parametrize(("days", "words"), [(0, "fermé le {first}. "), (1, "fermé du {first} au {last}. ")])
def test_holidays__of_one_day_are_said_to_be_of_it(here: World, days: int, words: str) -> None:
    first, last = ago(-3), ago(-3 - days)
    said = close(client_of(here.own.merchant), here.own, first, last).content.decode()
    assert words.format(first=first.strftime("%d/%m/%Y"), last=last.strftime("%d/%m/%Y")) in said


def test_holidays__what_came_meanwhile_is_shown_before_anything_is_said(here: World) -> None:
    client = client_of(here.own.staff)
    days = {"first": ago(2).isoformat(), "last": ago(1).isoformat()}
    shown = client.get(ask_days(here.own), days).context["shown"]
    StoredClosing.objects.filter(till=here.own.till).update(business_date=ago(2))
    page = client.post(ask_days(here.own), days | {"shown": shown})
    assert (page.status_code, spans(here.own)) == (200, [])
    assert page.context["looked"][0][0].came == 1
    close(client, here.own, ago(2), ago(1))
    said = client.get(ask_days(here.own))
    (span,) = said.context["spans"]["past"]
    assert (span.came, span.from_day, span.to_day) == (1, ago(2), ago(2))
    month = client.get(links.shop(here.own.till.establishment_id), {"month": f"{ago(2):%Y-%m}"}).content.decode()
    assert "malgré une fermeture annoncée" in month


def test_holidays__of_all_shops_of_the_customer_and_of_no_other(here: World) -> None:
    beside = EstablishmentFactory(tenant=here.own.tenant)
    close(client_of(here.own.merchant), here.own, ago(-3), ago(-5), every="yes")
    said = ClosedDays.objects.filter(first_day=ago(-3)).values_list("establishment", flat=True)
    assert {*said} == {here.own.till.establishment_id, beside.pk}


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("2026-03-01", "2026-02-01"), ("2026-13-01", ""), ("2024-01-01", "2026-01-01")]
)
def test_holidays__days_that_cannot_be_meant_are_said_beside_the_field(here: World, first: str, last: str) -> None:
    page = client_of(here.own.merchant).post(ask_days(here.own), {"first": first, "last": last, "shown": ""})
    assert 'role="alert"' in page.content.decode()
    assert spans(here.own) == []


def test_closed_days__are_nobody_elses(here: World) -> None:
    for stranger in (here.sister, here.foreign):
        for client in (client_of(here.own.merchant), client_of(here.own.accountant)):
            for path in (ask_days(stranger), ask_day(stranger)):
                form = {
                    "first": "2026-03-01",
                    "last": "2026-03-31",
                    "day": "2026-03-14",
                    "do": "open",
                    "answer": "back",
                }
                assert client.post(path, form).status_code == 404
                assert client.get(path, form).status_code == 404
        assert [it[:2] for it in spans(stranger)] == [(date(2026, 3, 16), date(2026, 3, 20))]


def test_missed_days__of_a_month_and_an_export_take_the_answer(here: World) -> None:
    client, where = client_of(here.own.accountant), f"e{here.own.till.establishment_id}"
    asked = {"where": where, "first": ago(3).isoformat(), "last": ago(1).isoformat()}
    new = reverse("admin:on_demand_ondemandexport_new")

    def missed() -> list[list[date]]:
        check = client.get(reverse("console_check"), asked)
        (wanted,) = client.get(new, asked | {"format": "ciel", "show": "1"}).context["wanted"]
        for page in (check.context["missed"], wanted.preview.missed):
            assert {it.shop for it in page} <= {here.own.till.establishment}
        return [[it.day for it in page] for page in (check.context["missed"], wanted.preview.missed)]

    assert missed() == [[ago(1), ago(2)]] * 2
    answer(client, here.own, ago(2), answer="closed")
    assert missed() == [[ago(1)]] * 2
    assert (
        links.closed_day(here.own.till.establishment_id, ago(1))
        in client.get(reverse("console_check"), asked).content.decode()
    )


def test_closed_days__said_by_support_in_anothers_view_are_supports(here: World) -> None:
    support = SupportFactory()
    client = client_of(support)
    client.post(reverse("hijack:acquire"), {"user_pk": here.own.merchant.pk})
    answer(client, here.own, ago(2), answer="closed")
    assert [it[3] for it in spans(here.own)] == [support]
