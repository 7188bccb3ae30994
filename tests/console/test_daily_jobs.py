"""The three daily jobs in a browser, in French: set a customer up, see last night, mend and send again by cause."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from exact.models import Division
from exports.models import StoredClosing
from tenants.factories import StaffFactory
from tenants.models import Establishment, User
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing, work
from tests.exports.reposts.test_repost import set_period

PASSWORD = "corneille-bleue-42"


def logged_in(browser: Browser, live_server: Any, person: User, path: str) -> Page:
    """A French page that `person` has logged in on, at `path`."""
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    page = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{live_server.url}{path}")
    page.fill("[name=username]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    return page


def last_night() -> dict[str, Any]:
    """A closing of yesterday: of one of March a till has been silent for months."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    opened, closed = midnight - timedelta(hours=14), midnight - timedelta(hours=1)
    day = opened.date().isoformat()
    return closing(business_date=day, opened_at=opened.isoformat(), closed_at=closed.isoformat())


def test_set_a_customer_up_until_its_first_entry(
    transactional_db: None, exact: SimulatedExact, live_server: Any, browser: Browser, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = logged_in(browser, live_server, StaffFactory(), "/console/")
    page.get_by_role("link", name="Installer un client", exact=True).click()
    page.get_by_label("Raison sociale").fill("Le Zinc SARL")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.get_by_label("Nom").fill("Le Zinc de la Gare")
    page.get_by_label("Adresse e-mail du contact").fill("compta@zinc.example")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.get_by_label("caisses").fill("Caisse bar")
    page.get_by_role("button", name="Enregistrer et continuer").click()

    page.get_by_role("button", name="Codes pour les caisses, à imprimer").click()
    code = page.locator("#code-1").inner_text()
    body = {"code": code, "software": {"name": "Clyo", "version": "5"}, "device": "A"}
    answer = Client(REMOTE_ADDR="192.0.2.7").post("/api/v1/pair", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    page.get_by_role("link", name="Retour à la liste de contrôle").click()
    page.get_by_role("button", name="Envoyer le lien par e-mail").click()
    expect(page.get_by_text("Le lien a été envoyé à compta@zinc.example")).to_be_visible()
    assert mail.outbox[0].to == ["compta@zinc.example"]

    shop = Establishment.objects.get()
    till = Caller(shop.tills.get(), answer.json()["key"])
    till.put("parameters", PARAMETERS)
    division = exact.link(till.till, *exact.company())
    till.post("closings", last_night())
    page.reload()
    expect(page.get_by_text("Étapes terminées\u00a0: 5 sur 6")).to_be_visible()
    work(division)
    page.reload()
    expect(page.get_by_role("heading", name="Tout est en place")).to_be_visible()


def test_see_last_night_mend_and_send_again_by_cause(
    linked: tuple[Caller, Division],
    exact: SimulatedExact,
    live_server: Any,
    browser: Browser,
) -> None:
    till, division = linked
    set_period(exact, division, "closed")
    till.post("closings", closing())
    work(division)
    set_period(exact, division, "open")
    person = StaffFactory(reseller=till.till.tenant.reseller)
    page = logged_in(browser, live_server, person, "/console/?day=2026-03-14")
    expect(page.get_by_role("heading", name="Nuit du samedi 14 mars 2026")).to_be_visible()
    expect(page.locator("a.console-figure.is-failed")).to_contain_text("1")

    page.get_by_role("link", name="Voir par cause").click()
    page.get_by_role("button", name="Tout renvoyer…").click()
    expect(page.get_by_role("cell", name="Journal 70")).to_be_visible()
    page.get_by_label("Motif").fill("Période rouverte dans Exact")
    page.get_by_role("button", name="Renvoyer 1 clôture").click()
    expect(page.get_by_text("1 sur 1 examinée")).to_be_visible()
    work(division)

    page.get_by_role("link", name="Z 1042").click()
    expect(page.get_by_role("heading", name="Dans Exact")).to_be_visible()
    expect(page.get_by_text("Période rouverte dans Exact").first).to_be_visible()
    assert StoredClosing.objects.get().state == "exported"
    assert len(exact.entries(division.code)) == 2
