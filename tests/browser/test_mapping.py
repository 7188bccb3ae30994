"""In a browser, in French: the mapping screen answers a question, warns, starts from a trade, copies, and previews."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from booking.models import Mapping
from clyo_ingest.keys import issue_key
from exact.models import CatalogueItem, Division, Posting
from exports.models import StoredClosing
from exports.way.sweep import release_mended
from tenants.factories import EstablishmentFactory, ResellerAdminFactory, TillFactory
from tenants.models import Establishment
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing, work

SWILE = [{"means": "SWILE", "label": "Swile", "kind": "other", "amount": "1425.00", "count": 3}]
OpenPage = Callable[..., Page]


@pytest.fixture
def open_mapping(linked: tuple[Caller, Division], sign_in: OpenPage) -> OpenPage:
    """Opens the mapping screen of the linked establishment for its reseller's administrator."""
    shop = linked[0].till.establishment
    person = ResellerAdminFactory(reseller=shop.tenant.reseller)

    def opened(*, script: bool = True) -> Page:
        page = sign_in(person, viewport={"width": 1440, "height": 1000}, java_script_enabled=script)
        page.goto(f"/console/mapping/{shop.pk}/")
        return page

    return opened


def shop_of(linked: tuple[Caller, Division]) -> Establishment:
    return linked[0].till.establishment


def saved(linked: tuple[Caller, Division]) -> Any:
    return Mapping.objects.get(establishment=shop_of(linked)).overrides


def lines_shown(page: Page) -> list[tuple[str, str, str]]:
    """Account, debit and credit of every line in the preview, with plain spaces."""
    rows = page.locator(".mapping-entry tbody tr")
    read = rows.evaluate_all(
        "rows => rows.map(row => [row.querySelector('strong'), ...row.querySelectorAll('.is-number')]"
        ".map(it => it.textContent.replace(/\\s/g, ' ')))"
    )
    return [(account, debit, credit) for account, debit, credit in read]


def lines_booked() -> list[tuple[str, str, str]]:
    def french(amount: str) -> str:
        return f"{float(amount):,.2f} €".replace(",", " ").replace(".", ",")

    lines = [line for posting in Posting.objects.order_by("turn") for line in posting.entry["lines"]]
    return [
        (it["account"], "", french(it["amount"][1:]))
        if it["amount"].startswith("-")
        else (it["account"], french(it["amount"]), "")
        for it in lines
    ]


def test_unknown_means__is_answered_previewed_and_booked_as_previewed(
    linked: tuple[Caller, Division], exact: SimulatedExact, open_mapping: OpenPage
) -> None:
    till, division = linked
    till.post("closings", closing(payments=SWILE))
    page = open_mapping()
    question = page.get_by_role("region", name="Question ouverte")
    expect(question).to_contain_text("Nouveau moyen de paiement Swile : quel compte ?")
    question.get_by_role("button", name="511840").click()
    expect(page.locator("#mapping-outlook")).to_contain_text("1 clôture retenue partirait")
    expect(page.locator(".mapping-entry").nth(1)).to_contain_text("Titres-restaurant Bimpli Swile")
    shown = lines_shown(page)
    assert saved(linked) == {}

    question.get_by_role("button", name="Enregistrer et laisser partir").click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    release_mended()
    work(division)
    assert StoredClosing.objects.get().state == "exported"
    assert shown == lines_booked()
    assert len(exact.entries(division.code)) == 2


def test_a_breaking_change__is_said_while_typing_and_saved_only_when_confirmed(
    linked: tuple[Caller, Division], open_mapping: OpenPage
) -> None:
    linked[0].post("closings", closing())
    page = open_mapping()
    page.get_by_label("TVA 2 (10 %) : compte de ventes").fill("707900")
    expect(page.locator("#mapping-outlook")).to_contain_text("Cela casserait ce qui marche")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    warning = page.get_by_role("alert").filter(has_text="Rien n’est enregistré")
    expect(warning).to_contain_text("Z 1042")
    assert saved(linked) == {}
    warning.get_by_role("button", name="Enregistrer quand même").click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    assert saved(linked) == {"slots": {"2": {"sales_account": "707900"}}}


def test_a_trade__is_shown_as_differences_then_saved(linked: tuple[Caller, Division], open_mapping: OpenPage) -> None:
    page = open_mapping()
    page.get_by_label("Les comptes usuels d’un métier").select_option(label="Boulangerie")
    page.get_by_role("button", name="Voir les changements").click()
    row = page.locator(".mapping-changes tr").filter(has_text="TVA 2 (10 %) : compte de ventes")
    expect(row).to_contain_text("706000")
    expect(row).to_contain_text("707010")
    assert saved(linked) == {}
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    assert saved(linked)["slots"]["2"] == {"sales_account": "707010"}


def test_back__after_saving_leads_to_a_page_that_can_be_shown(open_mapping: OpenPage) -> None:
    page = open_mapping()
    page.select_option("select[name=trade]", index=1)
    page.click("button[name=do][value=trade]")
    expect(page.locator("#mapping-form")).to_be_visible()
    page.goto("/console/")
    page.go_back()
    expect(page.locator("#mapping-form")).to_be_visible()


def test_a_copy__is_shown_as_differences_then_saved(linked: tuple[Caller, Division], open_mapping: OpenPage) -> None:
    sister = EstablishmentFactory(tenant=shop_of(linked).tenant, code="LYON01", name="Bistrot de Lyon")
    caller = Caller(row := TillFactory(establishment=sister), issue_key(row))
    caller.put("parameters", PARAMETERS)
    Mapping.objects.filter(establishment=sister).update(overrides={"receipt_accounts": {"tip": "421000"}})
    page = open_mapping()
    page.get_by_label("Un autre établissement de ce client").select_option(label="LYON01 – Bistrot de Lyon")
    page.get_by_role("button", name="Voir les différences").click()
    expect(page.locator(".mapping-changes")).to_contain_text("Pourboires")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    assert saved(linked) == {"receipt_accounts": {"tip": "421000"}}


def test_a_long_chart__is_searched_while_typing_and_without_a_script(
    linked: tuple[Caller, Division], open_mapping: OpenPage
) -> None:
    division = linked[1]
    facts = CatalogueItem.objects.get(division=division, kind="gl_account", code="707000").facts
    CatalogueItem.objects.bulk_create(
        CatalogueItem(tenant=division.tenant, division=division, kind="gl_account", code=f"9{n:05}", facts=facts)
        for n in range(400)
    )
    page = open_mapping()
    page.get_by_label("Pourboires", exact=True).fill("pourboires")
    expect(page.locator("#list-gl_account option")).to_have_text(["426100 – Personnel - pourboires à répartir"])

    plain = open_mapping(script=False)
    plain.get_by_label("Pourboires", exact=True).fill("rémunérations")
    plain.get_by_role("button", name="Chercher dans Exact\N{NO-BREAK SPACE}: Pourboires").click()
    plain.get_by_label("Pourboires", exact=True).select_option("421000")
    plain.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(plain.get_by_text("Enregistré.")).to_be_visible()
    assert saved(linked) == {"receipt_accounts": {"tip": "421000"}}


def test_preview__without_a_script_comes_with_the_enter_key_and_saves_nothing(
    linked: tuple[Caller, Division], open_mapping: OpenPage
) -> None:
    linked[0].post("closings", closing())
    page = open_mapping(script=False)
    page.get_by_label("TVA 2 (10 %) : compte de ventes").fill("706010")
    page.keyboard.press("Enter")
    expect(page.locator(".mapping-entry").first).to_contain_text("Restauration sur place 10 %")
    assert saved(linked) == {}


def test_screen__has_no_fault_that_axe_finds(linked: tuple[Caller, Division], open_mapping: OpenPage) -> None:
    linked[0].post("closings", closing(payments=SWILE))
    CatalogueItem.objects.filter(division=linked[1], code="707000").delete()
    page = open_mapping()
    page.get_by_label("TVA 2 (10 %) : compte de ventes").fill("706010")
    expect(page.locator(".mapping-changes")).to_be_visible()
    page.locator("details").evaluate_all("all => all.forEach(it => it.open = true)")
    found = Axe().run(page, context=".console", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()
