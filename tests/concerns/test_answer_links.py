"""A letter's question answered by one press, without a log-in: by whom it was asked, once, and by nobody else."""

import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from time_machine import travel

from booking.models import Mapping, MappingEvent
from concerns.answers import again, pages
from concerns.answers.again import mail_again
from concerns.answers.links import LIVES
from concerns.models import AnswerLink
from concerns.tasks import letters
from exact.models import CatalogueItem, Division
from exports.coverage.silent import silences
from exports.models import ClosedDays, StoredClosing
from exports.way.sweep import release_mended
from tenants.change_words import who_did
from tenants.factories import AccountantFactory, MerchantFactory, ResellerFactory, StaffFactory, SupportFactory
from tenants.models import Change, Establishment, Membership, Till, User
from tests.clients import client_of
from tests.concerns.test_letters import TUESDAY, morning
from tests.conftest import Caller, closing, work

Linked = tuple[Caller, Division]
SWILE = [{"means": "SWILE", "label": "Swile", "kind": "other", "amount": "1425.00", "count": 3}]


@pytest.fixture
def asked(linked: Linked) -> dict[str, str]:
    """Two people of a reseller, support and an accountant had the morning's letter: the path of each one's link."""
    till, _division = linked
    reseller, tenant = till.till.tenant.reseller, till.till.tenant
    for name in ("Camille", "Sacha"):
        StaffFactory(reseller=reseller, name=name, email=f"{name.lower()}@revendeur.example")
    AccountantFactory(tenant=tenant)
    SupportFactory()
    assert till.post("closings", closing(payments=SWILE)).json()["state"] == "held"
    morning(TUESDAY)
    assert len(mail.outbox) == 4
    found = {letter.to[0].partition("@")[0]: paths_in(letter) for letter in mail.outbox}
    mail.outbox.clear()
    return {name: paths[0] for name, paths in found.items() if paths}


def paths_in(letter: Any) -> list[str]:
    """The links that answer, in both forms of a letter."""
    (html, _type), *_rest = getattr(letter, "alternatives", [("", "")])
    found = {*re.findall(r"https?://\S+/answer/[\w-]+", str(letter.body))}
    assert not html or found == {*re.findall(r'"(https?://\S+/answer/[\w-]+)"', html)}
    return [urlsplit(it).path for it in sorted(found)]


def press(path: str, answer: str = "511840", *, shown: str | None = None) -> Any:
    """Open the page as a browser that never was here, and press its button."""
    page = Client(enforce_csrf_checks=True)
    stamp = re.search(r'name="shown" value="(\w+)"', words(page.get(path)))
    told = shown if shown is not None else (stamp[1] if stamp else "")
    return page.post(path, {"answer": answer, "shown": told}, headers={"origin": "null"})


def words(answer: HttpResponse | Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ")


def overrides() -> Any:
    return Mapping.objects.get().overrides


def test_letter__has_a_link_for_who_may_answer_alone(asked: dict[str, str]) -> None:
    assert {*asked} == {"camille", "sacha"}
    assert AnswerLink.objects.count() == 2
    assert not {path.rpartition("/")[2] for path in asked.values()} & {
        *AnswerLink.objects.values_list("digest", flat=True)
    }


def test_look__says_what_will_be_done_and_does_nothing(asked: dict[str, str]) -> None:
    for look in ("head", "get", "get"):
        page = getattr(Client(), look)(asked["camille"])
        assert (page.status_code, page["Referrer-Policy"], page.cookies) == (200, "no-referrer", {})
        assert "form-action 'self'" in page["Content-Security-Policy"]
    shown = words(page)
    assert "511840 – Titres-restaurant Bimpli Swile" in shown
    assert "1 clôture qui l’attend" in shown
    assert "Z 1042" in shown
    assert overrides() == {}
    assert not AnswerLink.objects.filter(used_at__isnull=False).exists()


def test_look__offers_no_account_of_sales(asked: dict[str, str]) -> None:
    CatalogueItem.objects.filter(kind="gl_account", code="707000").update(name="Ventes Swile")
    shown = words(Client().get(asked["camille"]))
    assert "511840" in shown and "707000" not in shown
    assert press(asked["camille"], "707000").status_code == 409
    assert overrides() == {}


def test_press__answers_once_as_that_person_and_the_closing_goes(asked: dict[str, str], linked: Linked) -> None:
    done = press(asked["camille"])
    assert done.status_code == 200
    assert "Répondu par Camille le" in words(done)
    assert overrides() == {"means": {"SWILE": {"account": "511840"}}}
    event = MappingEvent.objects.latest("pk")
    assert event.actor is not None and event.actor.name == "Camille"
    assert who_did(Change.objects.filter(table_name="booking_mapping").latest("pk")) == "Camille, depuis un courriel"
    release_mended()
    work(linked[1])
    again = press(asked["camille"], "511500")
    assert "Déjà répondu" in words(again)
    assert "Exportée" in words(again)
    assert f"/console/mapping/{StoredClosing.objects.get().establishment_id}/" in words(again)
    assert overrides() == {"means": {"SWILE": {"account": "511840"}}}
    other = press(asked["sacha"], "511500")
    assert "Répondu par Camille le" in words(other)
    assert AnswerLink.objects.filter(used_at__isnull=False).count() == 1


def test_press__of_another_answer_or_an_old_page_does_nothing(asked: dict[str, str]) -> None:
    for answer, shown in (("411000", None), ("", None), ("511840", "0" * 32)):
        refused = press(asked["camille"], answer, shown=shown)
        assert refused.status_code == 409
        assert "Rien n’a été fait" in words(refused)
    CatalogueItem.objects.filter(code="511840").delete()
    assert "511840 –" not in words(Client().get(asked["camille"]))
    assert overrides() == {}


def test_taken_back_in_the_console__is_said_and_not_answered_again(asked: dict[str, str]) -> None:
    press(asked["camille"])
    Mapping.objects.update(overrides={})
    assert "La réponse a été reprise depuis" in words(press(asked["camille"]))
    assert overrides() == {}


def test_two_who_answer_at_once__one_does_and_the_other_reads_who(
    asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, use = threading.Barrier(2), pages.use

    def use_together(link: AnswerLink, answer: str) -> bool:
        both.wait(10)
        return use(link, answer)

    def run(path: str, answer: str) -> str:
        try:
            return words(press(path, answer))
        finally:
            connection.close()

    monkeypatch.setattr(pages, "use", use_together)
    with ThreadPoolExecutor(2) as pool:
        said = [*pool.map(run, (asked["camille"], asked["sacha"]), ("511840", "511800"))]
    (used,) = AnswerLink.objects.filter(used_at__isnull=False)
    assert overrides() == {"means": {"SWILE": {"account": used.answer}}}
    assert all(f"Répondu par {used.person.name} le" in it for it in said)


def suspended(person: User) -> None:
    User.objects.filter(pk=person.pk).update(suspended_at=timezone.now())


def elsewhere(person: User) -> None:
    User.objects.filter(pk=person.pk).update(reseller=ResellerFactory())


def with_second_factor(person: User) -> None:
    TOTPDevice.objects.create(user=person, confirmed=True)


@pytest.mark.parametrize("lose", [suspended, elsewhere, with_second_factor])
def test_right__that_was_lost_meanwhile_kills_the_link(asked: dict[str, str], lose: Callable[[User], None]) -> None:
    lose(User.objects.get(name="Camille"))
    for answer in (Client().get(asked["camille"]), press(asked["camille"])):
        assert answer.status_code == 403
        assert "Swile" not in words(answer)
    assert overrides() == {}


def test_over__offers_a_new_one_to_the_same_address_and_not_often(asked: dict[str, str]) -> None:
    AnswerLink.objects.update(made_at=F("made_at") - LIVES)
    camille = AnswerLink.objects.filter(person__name="Camille")
    path = asked["camille"]
    page = client_of(User.objects.get(name="Camille"))
    assert "1 lien de vos courriels" in words(page.get("/console/account/"))
    page.post("/console/account/", {"withdraw": "all"})
    for dead in (Client().get(path), press(path)):
        assert dead.status_code == 410
        assert f'action="{path}/again"' in words(dead)
    for _press in range(2):
        assert Client(enforce_csrf_checks=True).post(f"{path}/again").status_code == 200
        mail_again()
    (letter,) = mail.outbox
    assert letter.to == ["camille@revendeur.example"]
    assert [*camille.values_list("asked_for", flat=True)] == [True, False]
    (fresh,) = paths_in(letter)
    assert "Répondu par Camille le" in words(press(fresh))
    assert Client().post(f"{asked['sacha']}/again").status_code == 200
    mail_again()
    assert len(mail.outbox) == 1, "what is answered is not asked again"


def test_new_link__that_cannot_be_written_keeps_nobody_else_waiting(
    asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    AnswerLink.objects.update(revoked_at=timezone.now())
    for name in ("camille", "sacha"):
        Client().post(f"{asked[name]}/again")
    first = AnswerLink.objects.order_by("asked_again_at")[0].person_id
    made = again.make_link

    def broken_for_one(person: User, *rest: Any, **further: Any) -> str:
        if person.pk == first:
            raise ValueError("a header with two lines")
        return made(person, *rest, **further)

    monkeypatch.setattr(again, "make_link", broken_for_one)
    mail_again()
    assert len(mail.outbox) == 1


def test_guesses__are_refused_and_no_line_of_the_log_has_an_address(
    asked: dict[str, str], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    cache.clear()  # other tests guessed from this address
    with caplog.at_level(logging.INFO):
        assert Client().get(asked["camille"]).status_code == 200
        press(asked["camille"])
        tampered = f"{asked['sacha'][:-1]}_"
        assert [Client().get(tampered).status_code for _guess in range(21)] == [404] * 20 + [429]
    told = caplog.text + capsys.readouterr().out
    assert "/answer/<secret>" in told
    for path in asked.values():
        assert path.rpartition("/")[2] not in told


def test_beat__writes_again_without_links_that_are_answered(asked: dict[str, str]) -> None:
    press(asked["camille"])
    letters()
    assert mail.outbox == []


def test_closed_that_day__is_said_by_the_restaurant_s_own_people(till: Caller) -> None:
    till.post("closings", closing(tickets=[], totals=None, business_date="2026-11-28"))
    shop = till.till.establishment
    Establishment.objects.filter(pk=shop.pk).update(opening_days=[1])
    Till.objects.update(paired_at=timezone.now())
    owner = MerchantFactory(tenant=shop.tenant, name="Dominique")
    morning(TUESDAY)
    (path,) = paths_in(next(it for it in mail.outbox if it.to == [owner.email]))
    assert "Aucune clôture le 30/11/2026" in words(Client().get(path))
    with travel(f"{TUESDAY}T08:00:00+01:00", tick=False):
        done = words(press(path, "2026-11-30/2026-11-30"))
    assert "Répondu par Dominique le" in done and "fermé le 30/11/2026" in done
    span = ClosedDays.objects.get()
    assert (span.first_day, span.last_day, span.said_by) == (date(2026, 11, 30), date(2026, 11, 30), owner)
    assert (
        who_did(Change.objects.filter(table_name="exports_closeddays").latest("pk")) == "Dominique, depuis un courriel"
    )
    assert silences(Till.objects.all(), date(2026, 11, 30)) == []
    ClosedDays.objects.all().delete()
    Membership.objects.update(ended_at=timezone.now())
    assert press(path, "2026-11-30/2026-11-30").status_code == 403
    assert not ClosedDays.objects.exists()


def test_slot_at_a_new_rate__goes_as_the_slot_of_that_rate(linked: Linked) -> None:
    till, division = linked
    sales = [{**it, "vat": 3 if it["vat"] == 2 else it["vat"]} for it in closing()["sales"]]
    answer = till.post("closings", closing(sales=sales)).json()
    assert [it["code"] for it in answer["problems"]] == ["slot_unmapped"]
    StaffFactory(reseller=till.till.tenant.reseller, name="Camille")
    morning(TUESDAY)
    (path,) = paths_in(mail.outbox[-1])
    asked = words(Client().get(path))
    assert "La TVA 3 est arrivée à 10 %" in asked
    assert "comme la TVA 2 : ventes sur 706000, code TVA VR, TVA sur 445712" in asked
    assert "Déjà répondu" not in words(press(path, "2@10,00"))
    assert overrides() == {
        "former_slots": {"3@10,00": {"sales_account": "706000", "vat_code": "VR", "vat_account": "445712"}}
    }
    release_mended()
    work(division)
    assert "Exportée" in words(press(path, "2@10,00"))
