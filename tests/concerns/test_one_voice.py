"""Whatever becomes of a consent, every place says it with the same words, or is silent about it everywhere."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from exact.activation.links import make_link
from exact.api.consent import Consent, consent_of, say_consent
from exact.models import ActivationLink, Connection, ConnectionState, Division, Lane
from tenants.factories import StaffFactory
from tests.conftest import Caller, closing

Change = Callable[[], dict[str, object]]
SITUATIONS: dict[Consent, Change] = {
    Consent.LOST: lambda: {"state": ConnectionState.RECONNECT_REQUIRED},
    Consent.FORGOTTEN: lambda: {"state": ConnectionState.DISCONNECTED},
    Consent.DOUBTFUL: lambda: {"doubted_at": timezone.now()},
    Consent.ENDING: lambda: {"access_issued_at": timezone.now() - timedelta(days=21)},
    Consent.GOOD: dict,
}


def told_state(till: Caller) -> str:
    return str(till.get("activation").json()["state"])


@pytest.mark.parametrize("consent", Consent)
def test_consent__is_said_alike_in_every_place(linked: tuple[Caller, Division], consent: Consent) -> None:
    till, division = linked
    shop = till.till.establishment
    moving = till.post("closings", closing()).json()["id"]
    Lane.objects.filter(division=division).update(
        pause_code="consent_in_doubt", paused_until=timezone.now() + timedelta(minutes=5)
    )
    if changes := SITUATIONS[consent]():
        Connection.objects.filter(pk=division.connection_id).update(**changes)
    connection = Connection.objects.get(pk=division.connection_id)
    assert consent_of(connection) is consent
    client = Client()
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    places = {
        "first page": reverse("admin:index"),
        "shop": reverse("console_shop", args=[shop.pk]),
        "set-up": reverse("console_set_up_customer", args=[shop.tenant_id]),
        "connections": reverse("admin:exact_connection_changelist"),
        "connection": reverse("admin:exact_connection_change", args=[connection.pk]),
        "activations": reverse("admin:exact_activation_changelist"),
        "activation": reverse("admin:exact_activation_change", args=[shop.activation.pk]),
        "lanes": reverse("admin:exact_lane_changelist"),
        "closing": reverse("admin:exports_storedclosing_change", args=[moving]),
    }
    # A link that ends in days keeps no entry back: neither a lane nor a closing speaks of it.
    quiet = {"lanes", "closing"} if consent is Consent.ENDING else set()
    pages = {place: unescape(client.get(address).content.decode()) for place, address in places.items()}
    words = say_consent(connection)
    if not words:
        every = [str(it.label) for it in Consent if it is not Consent.GOOD]
        assert {place for place in places if place != "lanes" and any(it in pages[place] for it in every)} == set()
        return
    assert {place for place, text in pages.items() if words not in text} == quiet
    to_new_link = f'class="console-link" href="{places["set-up"]}"'
    lists = {"connections", "connection", "activations", "activation"}
    assert {it for it in lists if to_new_link in pages[it]} == (set() if consent is Consent.DOUBTFUL else lists)
    codes = [f"('{code}', " for code in (consent, connection.state, told_state(till))]
    assert {place for place, text in pages.items() if any(it in text for it in codes)} == set(), "no tuple on a page"
    told = till.get("activation").json()
    usable = consent.usable
    assert (told["state"] == "active", [it["code"] for it in told["problems"]] != []) == (usable, True)
    assert usable or "nothing is lost" in str(told) or "rien n’est perdu" in str(told)


def test_lost__is_said_by_lists_tiles_days_and_the_page_of_the_new_link(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    shop = till.till.establishment
    sent = closing()
    till.post("closings", sent)
    client = Client()
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    lists, day = reverse("admin:exports_storedclosing_changelist"), sent["business_date"]

    def seen() -> dict[str, object]:
        home = client.get(reverse("admin:index"), {"day": day}).context
        place = unescape(client.get(reverse("console_shop", args=[shop.pk]), {"month": day[:7]}).content.decode())
        return {
            "lists": {
                it: len(client.get(lists, {"state": it}).context["cl"].result_list)
                for it in ("attention", "stopped", "moving", "ready")
            },
            "tiles": {it.column: it.count for it, _title in home["figures"] if it.count},
            "day": [block.column for column in home["columns"] for block in column.blocks],
            "shop": [it for it in ("moving", "stopped") if f"state={it}&" in place],
            "calendar": [it for it in ("is-waiting", "is-stopped") if f'<td class="{it}' in place],
        }

    assert seen() == {
        "lists": {"attention": 0, "stopped": 0, "moving": 1, "ready": 1},
        "tiles": {"received": 1, "moving": 1},
        "day": ["moving"],
        "shop": ["moving"],
        "calendar": ["is-waiting"],
    }
    Connection.objects.filter(pk=division.connection_id).update(state=ConnectionState.RECONNECT_REQUIRED)
    assert seen() == {
        "lists": {"attention": 1, "stopped": 1, "moving": 0, "ready": 1},
        "tiles": {"received": 1, "stopped": 1},
        "day": ["stopped"],
        "shop": ["stopped"],
        "calendar": ["is-stopped"],
    }
    rows = unescape(client.get(lists).content.decode())
    assert "Liaison Exact perdue" in rows
    assert "Elle part toute seule après la nouvelle connexion" in rows
    _link, address = make_link(shop)
    page = unescape(Client().get(urlsplit(address).path).content.decode())
    assert "Étape 1 sur 3" in page
    assert "Vous choisissez la société" not in page
    assert "Elle n’est pas à choisir de nouveau" in page
    assert "Premier jour" not in page


def test_lane__tells_no_pause_that_is_over_and_no_calls_of_another_minute(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    now, client = timezone.now(), Client()
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    minute = now.replace(second=0, microsecond=0)
    shown = {}
    for apart in (timedelta(), timedelta(minutes=10)):
        Lane.objects.filter(division=division).update(
            pause_code="unavailable",
            paused_until=now + timedelta(minutes=5) - apart,
            minute=minute - apart,
            minute_calls=4713,
        )
        with time_machine.travel(now, tick=False):
            page = client.get(reverse("admin:exact_lane_changelist")).content.decode()
        until = date_format(timezone.localtime(now + timedelta(minutes=5) - apart), "H:i")
        calls = "4713" in page or "4\N{NARROW NO-BREAK SPACE}713" in page
        shown[apart] = (calls, until in page, "Exact ne répond pas" in page)
    assert shown == {timedelta(): (True, True, True), timedelta(minutes=10): (False, False, False)}


@pytest.mark.parametrize("consent", [Consent.LOST, Consent.ENDING])
def test_link__that_was_mailed_and_holds_is_named_before_another_one_is_offered(
    linked: tuple[Caller, Division], consent: Consent
) -> None:
    till, division = linked
    shop = till.till.establishment
    moving = till.post("closings", closing()).json()["id"]
    Connection.objects.filter(pk=division.connection_id).update(**SITUATIONS[consent]())
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    places = [reverse("admin:index"), reverse("console_set_up_customer", args=[shop.tenant_id])]
    if consent is Consent.LOST:
        places.append(reverse("admin:exports_storedclosing_change", args=[moving]))
        places.append(reverse("console_shop", args=[shop.pk]))
    advised = "Envoyez un nouveau lien", "Envoyer un nouveau lien</a>"

    def read(place: str) -> str:
        return unescape(client.get(place).content.decode())

    assert [any(it in read(place) for it in advised) for place in places[:3]] == [True] * len(places[:3])
    client.post(reverse("console_set_up_link", args=[shop.pk]), {"contact_email": "compta@bistrot.example"})
    sent = ActivationLink.objects.get(establishment=shop)
    with translation.override("fr"):
        moments = [
            date_format(timezone.localtime(it), "SHORT_DATETIME_FORMAT") for it in (sent.created_at, sent.expires_at)
        ]
    words = "Un lien a été envoyé à compta@bistrot.example le {}, utilisable jusqu’au {}.".format(*moments)
    assert [place for place in places if words not in read(place)] == []
    assert [place for place in places if any(it in read(place) for it in advised)] == []
    assert "Renvoyez-le s’il n’est pas arrivé." in read(places[0])
    assert "Envoyer un nouveau lien par e-mail" in read(places[1])
    ActivationLink.objects.update(expires_at=timezone.now())
    assert [place for place in places if words in read(place)] == []
