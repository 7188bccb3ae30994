"""The mapping screen over HTTP: what it shows, proposes, previews, refuses to save silently, and saves."""

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.models import Mapping, MappingEvent
from clyo_ingest.keys import issue_key
from exact.models import Activation, CatalogueItem, CatalogueKind, Division, Posting
from exports.models import StoredClosing
from exports.way.sweep import release_mended
from tenants.factories import (
    AccountantFactory,
    EstablishmentFactory,
    ResellerAdminFactory,
    StaffFactory,
    SupportFactory,
    TillFactory,
)
from tenants.models import Establishment, User
from tests.clients import english_client_of
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing, work

QUERIES_MAX = 35  # four of them tell PostgreSQL who is served, of which a server's thread needs two


def address(shop: Establishment, page: str = "console_mapping") -> str:
    return reverse(page, args=[shop.pk])


class Desk:
    """A person at one establishment's mapping screen, who reads the form before each click."""

    def __init__(self, client: Client, shop: Establishment) -> None:
        self.client, self.shop = client, shop

    def read(self, **query: Any) -> str:
        return words_of(self.client.get(address(self.shop), query))

    def click(self, do: str, **fields: Any) -> HttpResponse:
        shown = self.client.get(address(self.shop)).context["shown"]
        form = {f"set:{name}" if is_setting(name) else name: value for name, value in fields.items()}
        return self.client.post(address(self.shop), {"shown": shown, "do": do, **form}, follow=True)  # type: ignore[return-value]

    def try_out(self, **fields: Any) -> HttpResponse:
        form = {f"set:{name}" if is_setting(name) else name: value for name, value in fields.items()}
        return self.client.post(address(self.shop, "console_mapping_preview"), form)  # type: ignore[return-value]


def is_setting(name: str) -> bool:
    return name not in (
        "answer",
        "trade",
        "copy_from",
        "closing",
        "confirm",
        "fix",
        "find",
        "restore",
        "new_means",
        "new_means_value",
    )


def words_of(answer: Any) -> str:
    """What a person reads: without markup, each space one."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(text))


def of(answer: Any, name: str) -> Any:
    """What a page was made of."""
    return answer.context[name]


def cell(answer: Any, name: str) -> Any:
    cells = [cell for section in of(answer, "sections") for row in section.rows for cell in row.cells]
    return next(it for it in cells if it.name == name)


def saved(shop: Establishment) -> Any:
    return Mapping.objects.get(establishment=shop).overrides


@pytest.fixture
def shop(linked: tuple[Caller, Division]) -> Establishment:
    return linked[0].till.establishment


@pytest.fixture
def desk(shop: Establishment) -> Desk:
    """A reseller's administrator at the linked establishment."""
    return Desk(english_client_of(ResellerAdminFactory(reseller=shop.tenant.reseller)), shop)


def test_each_setting__says_its_value_whose_it_is_and_what_exact_has(desk: Desk) -> None:
    page = desk.client.get(address(desk.shop))
    account, cash, code = (cell(page, it) for it in ("customer_account", "means_by_kind.card", "vat[1].vat_code"))
    assert (account.value, account.source, account.found, account.verdict) == ("411000", "till", "Clients", "known")
    assert (cash.value, cash.source, cash.found) == ("511500", "default", "Cartes bancaires à encaisser")
    assert (code.value, code.found) == ("VR", "TVA collectée 10 %")
    names = {it.name for section in of(page, "sections") for row in section.rows for it in row.cells}
    assert {"cost_center", "payment_condition", "journals.sales", "shortage", "movements.expense", "banked"} <= names
    assert {"receipts.tip", "means_by_kind.credit_note", "means_by_kind_journal.card", "separate_refunds"} <= names


def test_a_value_set_by_people__is_theirs_and_the_list_of_mappings_leads_to_it(desk: Desk) -> None:
    desk.click("save", **{"journals.sales": "70"})
    row = reverse("admin:booking_mapping_change", args=[desk.shop.mapping.pk])
    page = desk.client.get(row, follow=True)
    assert cell(page, "journals.sales").source == "reseller"
    assert page.redirect_chain == [(address(desk.shop), 302)]


def test_a_wrong_setting__is_named_with_the_fix_that_one_click_takes(desk: Desk) -> None:
    CatalogueItem.objects.filter(kind=CatalogueKind.GL_ACCOUNT, code="706000").delete()
    wrong = cell(desk.client.get(address(desk.shop)), "vat[1].sales_account")
    assert (wrong.verdict, wrong.fix) == ("unknown", "706010")
    assert "Exact does not know GL account 706000" in wrong.sentences[0]
    taken = desk.click("preview", fix=f"{wrong.name}={wrong.fix}")
    assert (cell(taken, wrong.name).value, cell(taken, wrong.name).verdict) == ("706010", "known")
    assert saved(desk.shop) == {}
    desk.click("save", **{wrong.name: wrong.fix})
    assert saved(desk.shop) == {"slots": {"2": {"sales_account": "706010"}}}


def test_save__puts_in_force_what_is_set_and_takes_away_what_is_cleared(desk: Desk) -> None:
    desk.click("save", **{"means_by_kind.meal_voucher": "511810", "shortage": "658000", "separate_families": "yes"})
    assert saved(desk.shop) == {
        "means_by_kind": {"meal_voucher": {"account": "511810"}},
        "shortage_account": "658000",
        "separate_families": True,
    }
    desk.click("save", **{"means_by_kind.meal_voucher": "", "shortage": "", "separate_families": ""})
    assert saved(desk.shop) == {}


def test_preview__is_what_is_booked_after_saving(
    desk: Desk, linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    held = closing(payments=[*closing()["payments"][:2], {**closing()["payments"][2], "means": "SW", "kind": "other"}])
    closing_id = till.post("closings", held).json()["id"]
    settings = {"means.SW": "511840", "vat[0].sales_account": "707020", "receipts.tip": "421000"}
    shown = of(desk.try_out(**settings), "preview")
    assert shown.problems == []
    assert not Posting.objects.exists() and saved(desk.shop) == {}

    desk.click("save", **settings)
    release_mended()
    work(division)
    assert StoredClosing.objects.get(pk=closing_id).state == "exported"
    booked = [posting.entry for posting in Posting.objects.order_by("turn")]
    assert [[(it["account"], it["amount"]) for it in entry.lines] for entry in shown.entries] == [
        [(it["account"], it["amount"]) for it in entry["lines"]] for entry in booked
    ]
    assert len(exact.entries(division.code)) == 2


def test_preview__marks_the_lines_that_are_other_than_now(desk: Desk, linked: tuple[Caller, Division]) -> None:
    linked[0].post("closings", closing())
    shown = of(desk.try_out(**{"vat[0].sales_account": "707020", "receipts.tip": "421000"}), "preview")
    lines = [it for entry in shown.entries for it in entry.lines]
    assert {it["account"] for it in lines if it["new"]} == {"707020", "421000"}
    assert next(it["name"] for it in lines if it["account"] == "421000") == "Personnel - rémunérations dues"


def test_preview__saves_nothing(desk: Desk, linked: tuple[Caller, Division]) -> None:
    linked[0].post("closings", closing())
    before = Mapping.objects.values().get(), Posting.objects.count(), MappingEvent.objects.count()
    desk.try_out(**{"vat[0].sales_account": "707020"})
    desk.click("preview", **{"vat[0].sales_account": "707020"})
    assert (Mapping.objects.values().get(), Posting.objects.count(), MappingEvent.objects.count()) == before


def test_save__that_breaks_an_active_establishment_asks_first_and_names_the_closings(
    desk: Desk, linked: tuple[Caller, Division]
) -> None:
    linked[0].post("closings", closing())
    refused = desk.click("save", **{"vat[1].sales_account": "707900"})
    assert saved(desk.shop) == {}
    assert "Every new closing would be held" in words_of(refused) and "Z 1042" in words_of(refused)
    impact = of(refused, "confirming")
    assert [it.closing.number for it in impact.closings] == [1042]

    other = desk.click("save", confirm=impact.digest, **{"vat[1].sales_account": "999999"})
    assert saved(desk.shop) == {}, "what was confirmed is not what would be saved"
    assert of(other, "confirming").digest != impact.digest

    desk.click("save", confirm=impact.digest, **{"vat[1].sales_account": "707900"})
    assert saved(desk.shop) == {"slots": {"2": {"sales_account": "707900"}}}
    assert Activation.objects.get().problems[0]["code"] == "gl_account_blocked"


def test_save__warns_of_an_account_that_only_some_closings_use(desk: Desk, linked: tuple[Caller, Division]) -> None:
    linked[0].post("closings", closing())
    refused = desk.click("save", **{"means_by_kind.card": "511599"})
    assert of(refused, "confirming").stops == []
    assert "511599" in of(refused, "confirming").holds[0]
    assert [it.closing.number for it in of(refused, "confirming").closings] == [1042]


def test_save__of_an_establishment_that_exports_nothing_asks_nothing(desk: Desk) -> None:
    Activation.objects.update(active=False)
    desk.click("save", **{"vat[1].sales_account": "999999"})
    assert saved(desk.shop) == {"slots": {"2": {"sales_account": "999999"}}}


@pytest.mark.parametrize("exports", [True, False])
@pytest.mark.parametrize(("account", "words"), [("707000", "one of sales in Exact"), ("445711", "one of VAT in Exact")])
def test_save__of_an_account_of_sales_or_vat_for_a_means_asks_first(
    desk: Desk, exports: bool, account: str, words: str
) -> None:
    Activation.objects.update(active=exports)
    wrong = {"means_by_kind.card": account}
    assert of(desk.try_out(**wrong), "impact").asks
    first = desk.click("save", **wrong)
    assert saved(desk.shop) == {}
    assert "Not saved: is this what you mean?" in words_of(first) and words in words_of(first)
    assert words in cell(first, "means_by_kind.card").hints[0]
    desk.click("save", **wrong, confirm=of(first, "confirming").digest)
    assert saved(desk.shop) == {"means_by_kind": {"card": {"account": account}}}
    assert words in cell(desk.client.get(address(desk.shop)), "means_by_kind.card").hints[0]
    desk.click("save", shortage="658000")
    assert saved(desk.shop)["shortage_account"] == "658000"


def test_save__of_a_discount_account_for_what_was_offered_asks_nothing(desk: Desk) -> None:
    desk.click("save", **{"means_by_kind.offered": "709000"})
    assert saved(desk.shop) == {"means_by_kind": {"offered": {"account": "709000"}}}


def test_unknown_means__is_never_proposed_an_account_of_sales(desk: Desk, linked: tuple[Caller, Division]) -> None:
    CatalogueItem.objects.filter(kind=CatalogueKind.GL_ACCOUNT, code="707000").update(name="Ventes Swile")
    cash, card, voucher = closing()["payments"][:3]
    linked[0].post(
        "closings", closing(payments=[cash, card, {**voucher, "means": "SW", "label": "Swile", "kind": "other"}])
    )
    (question,) = of(desk.client.get(address(desk.shop)), "questions")
    assert [it.code for it in question["answers"]] == ["511840", "511800"]


def test_transfers__are_proposed_the_account_usual_for_them_or_none(
    desk: Desk, linked: tuple[Caller, Division]
) -> None:
    cash, card, voucher = closing()["payments"][:3]
    sent = {**voucher, "means": "VIR", "label": "Virement", "kind": "other"}
    linked[0].post("closings", closing(payments=[cash, card, sent]))

    def proposed() -> tuple[list[str], str]:
        page = desk.client.get(address(desk.shop))
        (question,) = of(page, "questions")
        fixes = re.findall(r'value="means_by_kind\.transfer=(\d+)"', page.content.decode())
        return [it.code for it in question["answers"]], "".join(fixes)

    assert proposed() == ([], "")
    CatalogueItem.objects.filter(kind=CatalogueKind.GL_ACCOUNT, code="511600").update(code="511000", name="Virements")
    assert proposed() == (["511000"], "")


def test_unknown_means__is_answered_once_and_all_that_waited_goes(desk: Desk, linked: tuple[Caller, Division]) -> None:
    till, division = linked
    swile = [{"means": "SWILE", "label": "Swile", "kind": "other", "amount": "1425.00", "count": 3}]
    for number in (1042, 1043):
        assert till.post("closings", closing(number, payments=swile)).json()["state"] == "held"
    page = desk.client.get(address(desk.shop))
    (question,) = of(page, "questions")
    assert "New means of payment Swile: which account?" in words_of(page)
    assert (question["waiting"], [it.code for it in question["answers"]]) == (2, ["511840", "511800"])
    assert of(desk.try_out(**{"means.SWILE": "511840"}), "impact").released == 2

    desk.click("save", **{"means.SWILE": "511840"})
    release_mended()
    work(division)
    assert [*StoredClosing.objects.values_list("state", flat=True)] == ["exported", "exported"]
    assert of(desk.client.get(address(desk.shop)), "questions") == []


def test_unknown_means__is_asked_once_on_the_page_and_says_what_is_missing(
    desk: Desk, linked: tuple[Caller, Division]
) -> None:
    till, _division = linked
    till.post("closings", closing(payments=[{"means": "SWILE", "kind": "other", "amount": "1425.00", "count": 3}]))
    for page in (desk.client.get(address(desk.shop)), desk.click("preview", fix="means.SWILE=511840")):
        assert page.content.decode().count('name="set:means.SWILE"') == 1
    missing = desk.click("", answer="means.SWILE", **{"means.SWILE": "", "shortage": "658000"})
    assert "the account for SWILE is missing" in words_of(missing)
    assert cell(missing, "shortage").own == "658000", "what was typed elsewhere is still there"
    assert saved(desk.shop) == {}
    desk.click("", answer="means.SWILE", **{"means.SWILE": "511800"})
    assert saved(desk.shop)["means"] == {"SWILE": {"account": "511800"}}


def test_a_new_code_of_the_till__can_be_mapped_before_it_comes(desk: Desk) -> None:
    desk.click("save", new_means="LYF", new_means_value="511600")
    assert saved(desk.shop) == {"means": {"LYF": {"account": "511600"}}}


def test_save__over_somebody_elses_change_shows_it_instead(desk: Desk) -> None:
    shown = of(desk.client.get(address(desk.shop)), "shown")
    desk.click("save", shortage="758000")
    late = desk.client.post(address(desk.shop), {"shown": shown, "do": "save", "set:shortage": "471000"}, follow=True)
    assert "were changed after this page was shown" in words_of(late)
    assert saved(desk.shop) == {"shortage_account": "758000"}


@pytest.mark.parametrize(
    ("trade", "of_ten_percent"),
    [("restaurant", "706010"), ("bakery", "707010"), ("bar_tabac", "706010"), ("shop", "707010")],
)
def test_trade__fills_in_the_companys_own_accounts_and_saves_nothing(
    desk: Desk, trade: str, of_ten_percent: str
) -> None:
    page = desk.click("trade", trade=trade)
    assert cell(page, "vat[1].sales_account").value == of_ten_percent
    found = {it.setting: (it.before, it.after) for it in of(page, "changes")}
    assert found["VAT 2 (10 %): sales account"] == ("706000", of_ten_percent)
    assert saved(desk.shop) == {}
    own = {it.name: it.own for section in of(page, "sections") for row in section.rows for it in row.cells if it.own}
    desk.click("save", **own)
    assert saved(desk.shop)["slots"]["2"] == {"sales_account": of_ten_percent}
    assert Activation.objects.get().sound


def test_copy__shows_the_differences_of_another_establishment_of_the_customer(desk: Desk) -> None:
    sister = EstablishmentFactory(tenant=desk.shop.tenant, code="LYON01")
    caller = Caller(row := TillFactory(establishment=sister), issue_key(row))
    slots = [PARAMETERS["vat"][0] | {"sales_account": "707020"}, PARAMETERS["vat"][1] | {"rate": "5.50"}]  # type: ignore[index]
    caller.put("parameters", PARAMETERS | {"vat": slots})
    Desk(desk.client, sister).click("save", **{"means.SWILE": "511840", "receipts.tip": "421000"})

    page = desk.click("copy", copy_from=sister.pk)
    found = {it.setting: (it.before, it.after) for it in of(page, "changes")}
    assert found == {
        "VAT 1 (20 %): sales account": ("707000", "707020"),
        "Means of payment SWILE": ("", "511840"),
        "Tips": ("426100", "421000"),
    }
    assert saved(desk.shop) == {}


def test_history__says_who_set_what_from_what(desk: Desk) -> None:
    desk.click("save", **{"receipts.tip": "421000"})
    desk.click("save", **{"receipts.tip": "426100", "vat[1].vat_code": "VR"})
    newest, first, till = of(desk.client.get(address(desk.shop)), "history")
    assert [(it.setting, it.before, it.after) for it in first.settings] == [
        ("Tips", "426100 Personnel - pourboires à répartir (default)", "421000")
    ]
    told = [(it.setting, it.before, it.after) for it in newest.settings]
    assert ("VAT 2: VAT code", "VR TVA collectée 10 % (till)", "VR TVA collectée 10 %") in told
    desk.click("save", **{"vat[1].vat_code": ""})
    (back,) = of(desk.client.get(address(desk.shop)), "history")[0].settings
    assert (back.before, back.after) == ("VR TVA collectée 10 %", "VR TVA collectée 10 % (till)")
    assert (first.actor, till.actor) == (str(User.objects.get(role="reseller_admin")), "")


def test_find__offers_what_matches_without_a_script(desk: Desk) -> None:
    page = desk.click("preview", find="receipts.tip", **{"receipts.tip": "pourboires"})
    assert [it.code for it in cell(page, "receipts.tip").matches] == ["426100"]


def test_search__finds_by_code_or_words_of_the_name(desk: Desk) -> None:
    ask = address(desk.shop, "console_mapping_search")
    found = desk.client.get(ask, {"kind": "gl_account", "q": "restaurant swile"}).json()["items"]
    assert found == [{"code": "511840", "name": "Titres-restaurant Bimpli Swile"}]
    codes = [it["code"] for it in desk.client.get(ask, {"kind": "gl_account", "q": "7060"}).json()["items"]]
    assert codes == ["706000", "706010", "706020"]
    assert desk.client.get(ask, {"kind": "period", "q": ""}).json() == {"items": []}


def test_a_third_party_named_for_the_first_time__is_asked_for_in_exact(desk: Desk) -> None:
    desk.click("save", third_party="0000010")
    assert saved(desk.shop) == {"third_party": "0000010"}
    assert Activation.objects.get().sound


def test_twenty_thousand_accounts__are_searched_not_listed_and_ask_little(
    desk: Desk, linked: tuple[Caller, Division]
) -> None:
    till, division = linked
    till.post("closings", closing())
    facts = CatalogueItem.objects.get(division=division, kind="gl_account", code="707000").facts
    CatalogueItem.objects.bulk_create(
        CatalogueItem(
            tenant=division.tenant, division=division, kind="gl_account", code=f"9{n:05}", name=f"N {n}", facts=facts
        )
        for n in range(20_000)
    )
    with CaptureQueriesContext(connection) as asked:
        page = desk.client.get(address(desk.shop))
    assert len(asked) <= QUERIES_MAX
    assert "gl_account" in of(page, "searched") and len(page.content) < 300_000


@pytest.mark.parametrize("do", ["preview", "save", "trade"])
def test_page__asks_at_most_thirty_times(desk: Desk, linked: tuple[Caller, Division], do: str) -> None:
    for number in range(1042, 1052):
        linked[0].post("closings", closing(number))
    shown = of(desk.client.get(address(desk.shop)), "shown")
    form = {"shown": shown, "do": do, "trade": "bakery", "set:vat[1].sales_account": "707900"}
    with CaptureQueriesContext(connection) as asked:
        assert desk.client.post(address(desk.shop), form).status_code == 200
    assert len(asked) <= QUERIES_MAX


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [("support", 200, 200), ("admin", 200, 200), ("staff", 200, 200), ("accountant", 200, 403), ("stranger", 404, 404)],
)
def test_who__may_read_and_who_may_change(shop: Establishment, who: str, reads: int, writes: int) -> None:
    reseller = shop.tenant.reseller
    people = {
        "support": lambda: SupportFactory(),
        "admin": lambda: ResellerAdminFactory(reseller=reseller),
        "staff": lambda: StaffFactory(reseller=reseller),
        "accountant": lambda: AccountantFactory(tenant=shop.tenant),
        "stranger": lambda: ResellerAdminFactory(),
    }
    client = english_client_of(people[who]())
    assert client.get(address(shop)).status_code == reads
    form = {"shown": "x", "do": "preview"}
    answer = client.post(address(shop), form, follow=writes == 200)
    assert answer.status_code == writes
    assert saved(shop) == {}


def test_an_accountant__reads_without_any_field_to_fill(shop: Establishment) -> None:
    page = english_client_of(AccountantFactory(tenant=shop.tenant)).get(address(shop))
    assert "411000" in words_of(page)
    assert b'name="set:' not in page.content and b'value="save"' not in page.content
    assert b'method="get"' in page.content


def test_copy__from_another_customer_is_not_there(desk: Desk) -> None:
    neighbour = TillFactory().establishment
    sister_of_reseller = EstablishmentFactory(tenant__reseller=desk.shop.tenant.reseller)
    for other in (neighbour, sister_of_reseller):
        Mapping.objects.create(tenant=other.tenant, establishment=other, overrides={"shortage_account": "658777"})
        assert desk.click("copy", copy_from=other.pk).status_code == 404


@pytest.mark.parametrize("named", ["another customer's", "another establishment's", "nobody's", "nonsense"])
def test_preview__of_a_closing_that_is_not_the_establishments(desk: Desk, named: str) -> None:
    same_customer = EstablishmentFactory(tenant=desk.shop.tenant)
    till = TillFactory(establishment=same_customer) if named == "another establishment's" else TillFactory()
    posted = Caller(till, issue_key(till)).post("closings", closing()).json()["id"]
    closing_id = {"nobody's": str(uuid4()), "nonsense": "x"}.get(named, posted)
    assert desk.try_out(closing=closing_id).status_code == 404
    assert desk.client.get(address(desk.shop), {"closing": closing_id}).status_code == 404


def test_an_establishment_that_is_not_linked__is_set_all_the_same(db: None, till: Caller) -> None:
    shop = till.till.establishment
    desk = Desk(english_client_of(StaffFactory(reseller=shop.tenant.reseller)), shop)
    assert "not linked to Exact yet" in desk.read()
    desk.click("save", **{"receipts.tip": "421000"})
    assert saved(shop) == {"receipt_accounts": {"tip": "421000"}}
    assert "has not sent its parameters" in desk.read()


def test_version__is_restored_as_a_change_of_its_own_after_the_same_check(
    desk: Desk, linked: tuple[Caller, Division]
) -> None:
    linked[0].post("closings", closing())
    desk.click("save", **{"vat[1].sales_account": "707010", "means.SW": "511840"})
    desk.click("save", **{"vat[1].sales_account": "707020", "means.SW": "", "receipts.tip": "421000"})
    CatalogueItem.objects.filter(code="707010").delete()
    first, second = {"2": {"sales_account": "707010"}}, {"2": {"sales_account": "707020"}}
    assert saved(desk.shop) == {"slots": second, "receipt_accounts": {"tip": "421000"}}
    assert [it.version for it in of(desk.client.get(address(desk.shop)), "history")][:2] == [None, 1]

    filled = desk.click("", restore="1")
    words = words_of(filled)
    assert "are filled in below" in words and "Exact no longer has: VAT 2 (10 %): sales account : 707010" in words
    assert {(it.before, it.after) for it in of(filled, "changes")} >= {("707020", "707010"), ("", "511840")}
    assert saved(desk.shop)["slots"] == second
    form = {it["name"]: it["value"] for it in fields_of(filled)}
    refused = desk.client.post(address(desk.shop), {**form, "do": "save"})
    assert "this would break what works" in words_of(refused)
    confirmed = {**form, "do": "save", "confirm": of(refused, "confirming").digest}
    desk.client.post(address(desk.shop), confirmed)
    assert saved(desk.shop) == {"slots": first, "means": {"SW": {"account": "511840"}}}
    assert MappingEvent.objects.filter(after__has_key="overrides").count() == 3

    nothing = {it["name"]: it["value"] for it in fields_of(desk.click("", restore="0"))}
    desk.client.post(address(desk.shop), {**nothing, "do": "save"})
    assert saved(desk.shop) == {}
    for number in ("9", "x"):
        assert desk.click("", restore=number).status_code == 404


def fields_of(page: Any) -> list[dict[str, str]]:
    """The fields of the form as a browser sends them."""
    found = []
    for tag in re.findall(r"<input[^>]+>|<select.*?</select>", page.content.decode(), flags=re.S):
        name = re.search(r' name="((?:set:|shown)[^"]*)"', tag)
        chosen = re.search(r'value="([^"]*)"( selected)?', re.sub(r"<option(?![^>]* selected)[^>]*>", "", tag))
        if name:
            found.append({"name": html.unescape(name[1]), "value": html.unescape(chosen[1]) if chosen else ""})
    return found


def test_verdict__follows_what_is_typed_and_an_account_of_another_rate_is_hinted_at(desk: Desk) -> None:
    CatalogueItem.objects.filter(code="706000").delete()
    verdicts = {it.name: it for it in of(desk.try_out(**{"vat[1].sales_account": "707020"}), "verdicts")}
    chosen = verdicts["vat[1].sales_account"]
    assert (chosen.verdict, chosen.sentences, chosen.changed) == ("known", [], True)
    assert "speaks of 20 %; this is the slot of 10.00 %" in chosen.hints[0]
    right = {it.name: it for it in of(desk.try_out(**{"vat[1].sales_account": "707010"}), "verdicts")}
    assert right["vat[1].sales_account"].hints == []
