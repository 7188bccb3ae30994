"""In a browser, in French: see last night, find the failed closing by its cause, send it again with a reason."""

from typing import Any

from playwright.sync_api import Browser, expect

from exact.models import Division
from exports.models import Export
from tenants.factories import StaffFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.test_repost import set_period

PASSWORD = "corneille-bleue-42"


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
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])

    page = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{live_server.url}/console/?day=2026-03-14")
    page.fill("[name=username]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nuit du samedi 14 mars 2026")).to_be_visible()
    expect(page.locator("a.console-figure.is-failed")).to_contain_text("1")

    page.get_by_role("link", name="Voir par cause").click()
    page.get_by_role("button", name="Tout renvoyer…").click()
    expect(page.get_by_role("cell", name="Journal 70")).to_be_visible()
    page.get_by_label("Motif").fill("Période rouverte dans Exact")
    page.get_by_role("button", name="Renvoyer 1 clôture").click()
    expect(page.get_by_text("1 sur 1 traitées")).to_be_visible()
    work(division)

    page.get_by_role("link", name="Z 1042").click()
    expect(page.get_by_role("heading", name="Dans Exact")).to_be_visible()
    expect(page.get_by_text("Période rouverte dans Exact").first).to_be_visible()
    assert Export.objects.get().state == "exported"
    assert len(exact.entries(division.code)) == 2
