"""The console as people use it: a reseller reads what became of a closing, support sends a failed one again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from exact.models import ActivationLink, Division
from exports.models import StoredClosing
from tenants.factories import EstablishmentFactory, StaffFactory
from tests.conftest import Caller, SimulatedExact, closing, work

CLOSINGS = "/console/exports/storedclosing/"
PASSWORD = "une-phrase-de-passe-à-soi"


def closing_page(closing_id: str) -> str:
    return f"{CLOSINGS}{closing_id}/change/"


def row_of(page: Page, number: int) -> Locator:
    """The list's row of a closing."""
    return page.get_by_role("row").filter(has_text=f"Z {number}")


def exported_and_held(till: Caller, division: Division) -> str:
    """Closing 1042 stands in Exact, 1043 is held. Returns the first's id."""
    exported: str = till.post("closings", closing()).json()["id"]
    work(division)
    assert till.post("closings", closing(1043, payments=closing()["payments"][:1])).json()["state"] == "held"
    return exported


def numbers_in(exact: SimulatedExact, division: Division) -> list[str]:
    """The entries' numbers in Exact, sale first."""
    entries = sorted(exact.entries(division.code), key=lambda entry: str(entry["journal"]), reverse=True)
    return [str(entry["entry_number"]) for entry in entries]


def table_of(page: Page, entry_number: str) -> Locator:
    """The table of lines of the entry that has a number in Exact."""
    return page.get_by_role("article").filter(has_text=f"écriture {entry_number}").get_by_role("table")


def amounts_on(table: Locator, account: str) -> tuple[str, str]:
    """The debit and credit of an account's line, as shown."""
    row = table.get_by_role("row").filter(has=table.page.get_by_role("cell", name=re.compile(rf"^{account}\b")))
    # French figures have no-break spaces of two widths in them.
    debit, credit = (" ".join(text.split()) for text in row.get_by_role("cell").all_inner_texts()[-2:])
    return debit, credit


def test_reseller__logs_in_and_lists_the_closings_with_their_states(
    new_page: Callable[[], Page], linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    exported_and_held(till, division)
    staff = StaffFactory(reseller=till.till.tenant.reseller)
    staff.set_password(PASSWORD)
    staff.save(update_fields=["password"])

    page = new_page()
    page.goto(CLOSINGS)
    page.get_by_label("Adresse e-mail").fill(staff.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()

    exported, held = row_of(page, 1042), row_of(page, 1043)
    expect(exported).to_contain_text("exportée")
    for number in numbers_in(exact, division):
        expect(exported).to_contain_text(number)
    expect(held).to_contain_text("retenue")
    expect(held).to_contain_text("Comparez-les au Z imprimé")


def test_reseller__reads_a_closings_entries_as_debit_and_credit(
    reseller: Page, linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    exported_and_held(till, division)
    sale, receipts = numbers_in(exact, division)

    reseller.goto(CLOSINGS)
    row_of(reseller, 1042).get_by_role("link").first.click()

    expect(table_of(reseller, sale)).to_contain_text("Débit")
    assert amounts_on(table_of(reseller, sale), "411000") == ("1 400,00 €", "")
    assert amounts_on(table_of(reseller, sale), "706000") == ("", "1 000,00 €")
    assert amounts_on(table_of(reseller, receipts), "530000") == ("325,00 €", "")

    reseller.emulate_media(media="print", color_scheme="dark")
    for pressed in ("#nav-sidebar", ".console-actions", "#notes"):
        expect(reseller.locator(pressed).first).to_be_hidden()
    for told in (
        reseller.locator(".console-printed"),
        reseller.get_by_role("heading", level=1),
        reseller.locator("table"),
    ):
        expect(told.first).to_be_visible()
        expect(told.first).to_have_css("color", "rgb(0, 0, 0)")


def test_support__sends_a_refused_closing_again(
    support: Page, linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    period = {"division": division.code, "year": 2026, "period": 3, "journal": "70"}
    exact.control("periods", **period, status="closed")
    closing_id = till.post("closings", closing()).json()["id"]
    work(division)
    support.goto(CLOSINGS)
    expect(row_of(support, 1042)).to_contain_text("en échec")
    exact.control("periods", **period, status="open")

    row_of(support, 1042).get_by_role("checkbox").check()
    support.locator("select[name=action]").select_option(label="Renvoyer…")
    support.locator("#changelist-actions button[type=submit]").click()
    expect(support.get_by_role("table")).to_contain_text("Journal 70 : 1 400,00 €")
    support.get_by_label("Motif").fill("période rouverte")
    support.get_by_role("button", name="Renvoyer").click()
    work(division)

    support.goto(CLOSINGS)
    expect(row_of(support, 1042)).to_contain_text("exportée")
    assert StoredClosing.objects.get(pk=closing_id).state == "exported"
    assert len(numbers_in(exact, division)) == 2


@pytest.mark.parametrize("path", [CLOSINGS, "the closing itself"])
def test_reseller__sees_nothing_of_anothers_closing(
    other_reseller: Page, linked: tuple[Caller, Division], path: str
) -> None:
    till, _ = linked
    closing_id = till.post("closings", closing()).json()["id"]
    other_reseller.goto(CLOSINGS if path == CLOSINGS else closing_page(closing_id))
    expect(other_reseller.locator("#main")).to_be_visible()
    expect(other_reseller.locator("body")).not_to_contain_text("Z 1042")
    expect(other_reseller.locator("body")).not_to_contain_text(till.till.establishment.name)


def test_page_that_a_button_made__is_loaded_anew_as_the_one_it_came_from(
    reseller: Page, linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    shop = EstablishmentFactory(tenant=till.till.tenant)
    reseller.goto(f"/console/shop/{shop.pk}/")
    reseller.get_by_role("button", name="Afficher le lien").click()
    expect(reseller.get_by_role("heading", level=1)).to_have_text("Lien d’activation")
    reseller.reload()
    expect(reseller.get_by_role("heading", level=1)).not_to_have_text("Lien d’activation")
    assert ActivationLink.objects.filter(establishment=shop).count() == 1

    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    failed = till.post("closings", closing()).json()["id"]
    work(division)
    reseller.goto("/console/")
    reseller.get_by_role("button", name="Renvoyer…").first.click()
    expect(reseller.get_by_role("heading", level=1)).to_have_text("Renvoyer 1 clôture")
    reseller.goto("/console/check/")
    reseller.go_back()
    expect(reseller).to_have_url(re.compile(closing_page(failed)))
