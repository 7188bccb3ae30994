"""The screen "Export vers comptabilité" in a browser: dates, preview, confirm, progress, report, download."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exact.models import Division
from on_demand.models import OnDemandExport
from on_demand.perform import perform
from tenants.factories import EstablishmentFactory, StaffFactory
from tests.conftest import Caller, SimulatedExact, closing, work

TO_EXACT = re.compile("format=exact")


def test_reseller__exports_a_month_into_a_fec_and_downloads_it(
    reseller: Page, linked: tuple[Caller, Division], exact: SimulatedExact, tmp_path: Path
) -> None:
    till, division = linked
    till.till.tenant.siren = "123456789"
    till.till.tenant.save(update_fields=["siren"])
    till.post("closings", closing())
    till.post("closings", closing(1043, payments=[{"means": "ESP", "kind": "cash", "amount": "1.00"}]))
    work(division)

    reseller.set_viewport_size({"width": 1280, "height": 900})
    reseller.goto("/console/on_demand/ondemandexport/")
    reseller.get_by_role("link", name="Export vers comptabilité").last.click()
    reseller.get_by_label("Du", exact=True).fill("2026-03-01")
    reseller.get_by_label("Au", exact=True).fill("2026-03-31")
    reseller.get_by_label("Format").select_option("fec")
    reseller.get_by_label("Au", exact=True).press("Enter")
    expect(reseller.locator("#preview")).to_contain_text("Rien ne part avant que vous appuyiez sur")
    expect(reseller.get_by_text("Comparez-les au Z imprimé")).to_be_visible()
    assert not OnDemandExport.objects.exists()
    reseller.screenshot(path=tmp_path / "preview.png", full_page=True)

    reseller.get_by_role("button", name="Exporter", exact=True).click()
    expect(reseller.get_by_role("progressbar")).to_be_visible()
    reseller.screenshot(path=tmp_path / "progress.png", full_page=True)
    perform(OnDemandExport.objects.get().pk)
    expect(reseller.get_by_text("tous les comptes concordent au centime")).to_be_visible()
    reseller.screenshot(path=tmp_path / "report.png", full_page=True)
    with reseller.expect_download() as download:
        reseller.get_by_role("link", name="Télécharger 123456789FEC20261231.txt").click()
    assert download.value.path().read_bytes().startswith(b"JournalCode\tJournalLib\tEcritureNum")
    reseller.goto("/console/on_demand/ondemandexport/")
    expect(reseller.get_by_text("123456789FEC20261231.txt")).to_be_visible()


def test_screen__works_without_scripts(sign_in: Callable[..., Page], linked: tuple[Caller, Division]) -> None:
    till, _ = linked
    till.post("closings", closing())
    page = sign_in(StaffFactory(reseller=till.till.tenant.reseller), java_script_enabled=False)
    page.goto("/console/on_demand/ondemandexport/new/")
    before = page.get_by_label("Au", exact=True).input_value()
    page.get_by_role("button", name="Aujourd’hui").click()
    assert page.get_by_label("Au", exact=True).input_value() > before
    page.get_by_label("Du", exact=True).fill("2026-03-14")
    page.get_by_label("Au", exact=True).fill("2026-03-14")
    page.get_by_label("Format").select_option("ciel")
    page.get_by_role("button", name="Voir ce qui sera exporté").last.click()
    page.get_by_role("button", name="Exporter", exact=True).click()
    perform(OnDemandExport.objects.get().pk)
    page.reload()
    expect(page.get_by_role("link", name="Télécharger XIMPORT.TXT")).to_be_visible()


def test_what_will_be_exported__follows_what_is_asked(reseller: Page, linked: tuple[Caller, Division]) -> None:
    till, _ = linked
    till.post("closings", closing())
    own = till.till.establishment
    empty = EstablishmentFactory(tenant=own.tenant)
    reseller.goto("/console/on_demand/ondemandexport/new/?month=2026-03")
    preview, start = reseller.locator("#preview"), reseller.get_by_role("button", name="Exporter", exact=True)
    assert preview.count() == 0
    reseller.get_by_label(str(own), exact=True).check()
    expect(preview).to_contain_text("Exact Online · 01/03/2026 – 31/03/2026")
    expect(reseller.get_by_label("Du", exact=True)).to_have_value("2026-03-01")

    reseller.get_by_label("Au", exact=True).fill("2026-03-13")
    reseller.get_by_label("Au", exact=True).press("Tab")
    expect(preview).to_contain_text("Rien à exporter")
    expect(start).to_have_count(0)
    expect(reseller.locator("#id_month")).to_have_value("")
    reseller.get_by_label("Au", exact=True).fill("2026-02-01")
    reseller.get_by_label("Au", exact=True).press("Tab")
    expect(reseller.get_by_role("alert")).to_contain_text("Le dernier jour précède le premier.")

    reseller.locator("#id_month").select_option("2026-03")
    reseller.get_by_label("Format").select_option("ciel")
    expect(preview).to_contain_text("Ciel")
    reseller.get_by_label(str(own), exact=True).uncheck()
    expect(preview).to_have_count(0)
    reseller.get_by_label(str(empty), exact=True).check()
    expect(preview).to_contain_text(f"Rien à exporter : {empty}")
    reseller.reload()
    expect(preview).to_contain_text(f"Rien à exporter : {empty}")
    reseller.get_by_label(str(own), exact=True).check()
    expect(start).to_be_enabled()
    assert not OnDemandExport.objects.exists()
    reseller.get_by_label("Adresse e-mail (facultative)").fill("compta@zinc.example")
    start.click()
    expect(reseller.get_by_role("heading", level=1)).not_to_have_text("Export vers comptabilité")
    export = OnDemandExport.objects.get()
    assert (export.format, export.email) == ("ciel", "compta@zinc.example")


@pytest.mark.parametrize("scripts", [True, False])
def test_among_many_establishments__one_is_searched_for_with_and_without_scripts(
    sign_in: Callable[..., Page], linked: tuple[Caller, Division], monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    monkeypatch.setattr("on_demand.places.LISTED_MAX", 1)
    till, _ = linked
    till.post("closings", closing())
    own = till.till.establishment
    others = ("Au Chêne", "Bohème")
    shops = [EstablishmentFactory(tenant__reseller=own.tenant.reseller, tenant__name=it) for it in others]
    page = sign_in(StaffFactory(reseller=own.tenant.reseller), java_script_enabled=scripts)
    page.goto("/console/on_demand/ondemandexport/new/")
    assert page.locator("[name=where]").count() == 0
    for wanted in (own, shops[1]):
        find = page.get_by_role("searchbox", name="Chercher un établissement")
        find.fill(wanted.tenant.name)
        find.press("Enter")
        page.get_by_role("group", name="Établissements trouvés").get_by_label(str(wanted)).press("Space")
    assert page.get_by_label(str(shops[0])).count() == 0
    page.get_by_label("Du", exact=True).fill("2026-03-14")
    page.get_by_label("Au", exact=True).fill("2026-03-14")
    page.get_by_role("button", name="Voir ce qui sera exporté").last.click()
    expect(page.locator("#preview")).to_contain_text(f"Rien à exporter : {shops[1]}")
    ticked = page.locator("[name=where]:checked")
    assert {ticked.nth(it).get_attribute("value") for it in range(2)} == {f"e{own.pk}", f"e{shops[1].pk}"}
    page.get_by_role("button", name="Exporter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Export vers comptabilité")
    assert OnDemandExport.objects.get().establishment == own


def test_answer__to_what_is_no_longer_asked_changes_nothing(reseller: Page, linked: tuple[Caller, Division]) -> None:
    till, _ = linked
    till.post("closings", closing())
    EstablishmentFactory(tenant=till.till.tenant)  # the only one would be chosen already
    own = reseller.get_by_label(str(till.till.establishment), exact=True)
    first, preview = reseller.get_by_label("Du", exact=True), reseller.locator("#preview")
    reseller.goto("/console/on_demand/ondemandexport/new/?month=2026-03")
    reseller.route(TO_EXACT, lambda route: None)  # an answer that takes its time
    with reseller.expect_request(TO_EXACT):
        own.check()
    with reseller.expect_event("requestfailed"):
        first.fill("2026-03-10")
    reseller.get_by_label("Format").select_option("fec")
    expect(preview).to_contain_text("FEC · 10/03/2026 – 31/03/2026")
    expect(first).to_have_value("2026-03-10")

    with reseller.expect_request(TO_EXACT):
        reseller.get_by_label("Format").select_option("exact")
    with reseller.expect_event("requestfailed"):
        own.uncheck()
    expect(preview).to_have_count(0)


def test_fault__goes_once_it_is_mended_and_a_lost_log_in_leads_to_the_log_in(
    reseller: Page, linked: tuple[Caller, Division]
) -> None:
    till, _ = linked
    till.post("closings", closing())
    asked = f"?where=e{till.till.establishment_id}&first=2026-03-20&last=2026-03-01&format=fec&show=1"
    reseller.goto(f"/console/on_demand/ondemandexport/new/{asked}")
    expect(reseller.get_by_role("alert")).to_have_text("Le dernier jour précède le premier.")
    reseller.get_by_label("Au", exact=True).fill("2026-03-31")
    reseller.get_by_label("Au", exact=True).press("Tab")
    expect(reseller.locator("#preview")).to_contain_text("20/03/2026 – 31/03/2026")
    expect(reseller.get_by_role("alert")).to_have_count(0)

    reseller.context.clear_cookies()
    reseller.get_by_label("Format").select_option("ciel")
    reseller.wait_for_url("**/console/login/**")
    assert "format%3Dciel" in reseller.url
