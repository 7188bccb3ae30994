"""The main pages for everybody: no fault by axe or by the walk's own rules, everything reached and done by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from exact.models import Finding
from tenants.factories import ResellerAdminFactory
from tenants.models import Establishment, Reseller, Tenant, Till, User
from tests.world import Customer, customer
from tools.accessible.faults import faults_of, layout_faults

TABS_MAX = 150


@pytest.fixture
def given(transactional_db: None) -> Customer:
    """A customer with a row of everything."""
    return customer(Reseller.objects.create(name="Caisses du Midi"), "Zinc", number=81001042)


@pytest.fixture
def page(given: Customer, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page of the reseller's administrator."""
    client = Client()
    client.force_login(ResellerAdminFactory(reseller=given.tenant.reseller))
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", viewport={"width": 1280, "height": 900})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def addresses(given: Customer) -> dict[str, str]:
    """The main pages."""
    shop = given.till.establishment_id
    return {
        "home": f"{reverse('admin:index')}?day=2026-03-14",
        "closings": reverse("admin:exports_storedclosing_changelist"),
        "closing": reverse("admin:exports_storedclosing_change", args=[given.closing.pk]),
        "causes": reverse("console_causes"),
        "log": f"{reverse('console_log')}?date=2026-03-14&establishment={shop}",
        "set-up": reverse("console_set_up"),
        "new customer": reverse("console_set_up_new"),
        "checklist": reverse("console_set_up_customer", args=[given.tenant.pk]),
        "import": reverse("console_import"),
        "my account": reverse("console_account"),
        "people": reverse("admin:tenants_user_changelist"),
        "changes": reverse("admin:tenants_change_changelist"),
    }


LONG_WORD = "Zinc" + "saintmartindescheminsauxalentoursdumoulinvieuxetdesrivières"[:56]


@pytest.fixture
def long_words(given: Customer) -> Customer:
    """The customer's names and addresses, each a word that no line can be broken in."""
    Tenant.objects.filter(pk=given.tenant.pk).update(name=LONG_WORD)
    Establishment.objects.filter(tenant=given.tenant).update(name=LONG_WORD)
    Till.objects.filter(tenant=given.tenant).update(name=LONG_WORD)
    for person in User.objects.all():
        person.name, person.email = LONG_WORD, f"{LONG_WORD[:50]}{person.pk}@restaurant.example"
        person.save()
    return given


def of_one(given: Customer) -> list[str]:
    """Pages of the customer's own rows, and every list."""
    shop, tenant = given.till.establishment_id, given.tenant.pk
    lists = (model._meta for model in admin.site._registry)
    return [
        reverse("console_shops"),
        reverse("console_shop", args=[shop]),
        reverse("console_customer", args=[tenant]),
        reverse("console_closed", args=[shop]),
        reverse("console_start", args=[shop]),
        reverse("console_level", args=[shop]),
        reverse("console_mapping", args=[shop]),
        reverse("console_suspend_shop", args=[shop]),
        reverse("console_check"),
        f"{reverse('console_search')}?q=zinc",
        reverse("admin:tenants_establishment_change", args=[shop]),
        reverse("admin:exact_finding_change", args=[Finding.objects.get(tenant=tenant).pk]),
        reverse("admin:on_demand_ondemandexport_new"),
        *(reverse(f"admin:{it.app_label}_{it.model_name}_changelist") for it in lists),
    ]


@pytest.mark.parametrize("wide", [390, 1280])
def test_long_words__make_no_page_wider_and_cut_nothing_off(page: Page, long_words: Customer, wide: int) -> None:
    page.set_viewport_size({"width": wide, "height": 900})
    found: dict[str, list[str]] = {}
    for address in (*addresses(long_words).values(), *of_one(long_words)):
        answer = page.goto(address)
        if answer is not None and answer.status == 200 and (faults := layout_faults(page)):
            found[address] = faults
    assert found == {}


def test_axe__finds_nothing_on_the_main_pages(page: Page, given: Customer) -> None:
    """Wide and light or narrow and dark in turn; `make axe` looks at every page in every way."""
    found: dict[str, list[str]] = {}
    for turn, (name, address) in enumerate(addresses(given).items()):
        narrow = bool(turn % 2)
        page.set_viewport_size({"width": 390 if narrow else 1280, "height": 4_000})
        page.emulate_media(color_scheme="dark" if narrow else "light")
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, name
        if faults := faults_of(page):
            found[name] = faults
    assert found == {}


@pytest.mark.parametrize("name", ["home", "closing", "causes", "log", "checklist", "import", "my account"])
def test_keyboard__reaches_everything_and_shows_where_it_is(page: Page, given: Customer, name: str) -> None:
    page.goto(addresses(given)[name])
    page.evaluate(
        """() => {
            const folded = element => element.closest("details:not([open]) > :not(summary)");
            const shown = element => element.checkVisibility() && !folded(element);
            const all = document.querySelectorAll(
                ".console :is(a[href], button, summary, select, textarea, " +
                "input:not([type=hidden], :disabled, [type=radio]:not(:checked)))");
            // Thirty columns of a chart are no thirty stops: the table below it leads to the same days.
            const drawn = element => element.closest("svg") && element.tabIndex === -1;
            window.left = new Set([...all].filter(it => shown(it) && !drawn(it)));
            window.unseen = [];
        }"""
    )
    assert page.evaluate("window.left.size") > 0
    for _turn in range(TABS_MAX):
        page.keyboard.press("Tab")
        done = page.evaluate(
            """() => {
                const at = document.activeElement;
                if (window.left.delete(at)) {
                    const style = getComputedStyle(at);
                    if (style.outlineStyle === "none" && style.boxShadow === "none") window.unseen.push(at.outerHTML);
                }
                return window.left.size === 0;
            }"""
        )
        if done:
            break
    assert page.evaluate("[...window.left].map(it => it.outerHTML.slice(0, 120))") == []
    assert page.evaluate("window.unseen.map(it => it.slice(0, 120))") == []


def test_keyboard__sets_a_customer_up(page: Page, given: Customer) -> None:
    page.goto(reverse("console_set_up_new"))
    page.get_by_label("Raison sociale").focus()
    page.keyboard.type("Le Comptoir SARL")
    page.keyboard.press("Enter")
    expect(page.locator("#content").get_by_role("heading", name="Nouvel établissement")).to_be_visible()
    page.get_by_label("Nom").first.focus()
    page.keyboard.type("Le Comptoir")
    page.keyboard.press("Enter")
    expect(page.locator("#content").get_by_role("heading", name="Caisses")).to_be_visible()
    page.get_by_label("Caisses").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nCaisse terrasse")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#content").get_by_role("heading", name="Le Comptoir SARL")).to_be_visible()
    shop = Establishment.objects.get(tenant=Tenant.objects.get(name="Le Comptoir SARL"))
    assert shop.tills.count() == 2
