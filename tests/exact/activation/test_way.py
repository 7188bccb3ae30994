"""From the link to "8301 - CLYO" in a browser, and everything people do on that way but go straight on."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from booking.models import Mapping
from exact.models import Activation, ActivationLink, Connection, Lane, Posting
from exports.models import StoredClosing
from simulators.visitor.__main__ import Astray
from simulators.visitor.__main__ import Visitor as Person
from tests.conftest import PARAMETERS, closing
from tests.exact.activation.given import Reader, Readers, Shop, Visitor, linked, master, reach_companies

SALES = "salesentry/SalesEntries"


def test_way__from_the_link_to_the_company(shop: Shop, visitor: Visitor) -> None:
    assert shop.state() == "inactive"
    url = shop.link()
    assert shop.state() == "awaiting_login"
    visitor.begin(url)
    visitor.log_in(shop.user)
    visitor.wait_for("comptabilité")
    assert shop.state() == "awaiting_division"
    visitor.choose(shop.division)
    visitor.say_start()
    visitor.wait_for(f"{shop.division} - TEST")
    assert shop.caller.get("activation").json() == {
        "state": "active",
        "label": f"{shop.division} - TEST",
        "division": {"code": shop.division, "name": "TEST"},
        "problems": [],
    }


def test_way__without_javascript_and_in_english(shop: Shop, visitors: Any) -> None:
    visitor = visitors(java_script_enabled=False, locale="en-GB")
    visitor.begin(shop.link())
    visitor.log_in(shop.user)
    visitor.wait_for("Which company")
    visitor.choose(shop.division)
    visitor.say_start()
    visitor.wait_for(f"{shop.division} - TEST")
    assert "The export is on" in visitor.text("main")


def test_pages__are_accessible_light_and_load_nothing_from_outside(shop: Shop, visitor: Visitor) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    refused: list[str] = []
    visitor.page.on(
        "console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None
    )
    url = shop.link()
    origin = url.split("/activation")[0]

    def look() -> None:
        found = Axe().run(visitor.page)
        assert found.response["violations"] == [], found.generate_report()
        assert len(visitor.page.content()) < 60_000

    visitor.open(url)
    look()
    visitor.press("button.main")
    visitor.log_in(shop.user)
    visitor.wait_for("comptabilité")
    look()
    master(shop, "vat/VATCodes", "VN", IsBlocked=True)
    visitor.choose(shop.division)
    visitor.wait_for("à corriger")
    look()
    master(shop, "vat/VATCodes", "VN", IsBlocked=False)
    visitor.press("button.main")
    visitor.wait_for("quel jour")
    look()
    visitor.say_start()
    visitor.wait_for(f"{shop.division} - TEST")
    look()
    visitor.press("a", "Désactiver")
    look()
    outside = [it for it in asked if not it.startswith((origin, str(shop.exact.http.base_url)))]
    assert (outside, refused) == ([], [])


def test_refusal_at_exact__is_told_and_the_same_link_goes_on(shop: Shop, reader: Reader) -> None:
    reader.begin(shop.link())
    reader.log_in(shop.user, accept=False)
    reader.wait_for("Activer")
    assert "L’accès a été refusé chez Exact" in reader.text("[role=alert]")
    assert not Connection.objects.exists()
    reader.press("button.main")
    reader.log_in(shop.user)
    reader.wait_for("comptabilité")


def test_link__over_says_what_to_do_next(shop: Shop, reader: Reader) -> None:
    url = shop.link()
    ActivationLink.objects.update(expires_at=timezone.now())
    reader.open(url)
    assert reader.heading == "Ce lien n’est plus valable"
    reader.press("button.main")
    assert reader.heading == "Consultez votre messagerie"


def test_link__that_ends_during_the_log_in_links_nothing(shop: Shop, reader: Reader) -> None:
    reader.begin(shop.link())
    ActivationLink.objects.update(expires_at=timezone.now())
    reader.log_in(shop.user)
    reader.wait_for("plus valable")
    assert not Connection.objects.exists()


def test_link__in_another_browser_gets_nowhere(shop: Shop, readers: Readers) -> None:
    url = shop.link()
    owner, thief = readers(), readers()
    owner.begin(url)
    owner.log_in(shop.user)
    owner.wait_for("comptabilité")
    thief.open(url)
    assert thief.heading == "Ce lien est utilisé dans un autre navigateur"
    thief.open(owner.address)
    assert thief.heading == "Ce lien n’existe pas"
    assert str(shop.division) not in thief.source


def test_link__that_was_only_looked_at_stays_free(shop: Shop, readers: Readers) -> None:
    """A mail scanner opens every address it sees."""
    url = shop.link()
    readers().open(url)
    invited = readers()
    invited.begin(url)
    invited.log_in(shop.user)
    invited.wait_for("comptabilité")


def test_callback__replayed_gets_nowhere(shop: Shop, reader: Reader, readers: Readers) -> None:
    reach_companies(shop, reader)
    callback = next(it for it in reader.passed if "callback?" in it)
    reader.open(callback)
    assert reader.heading == "Cette connexion a déjà servi"
    reader.press("a.main")
    reader.wait_for("comptabilité")
    other = readers()
    other.open(callback)
    assert other.heading == "Cette connexion a déjà servi"
    assert Connection.objects.count() == 1


def test_callback__of_anothers_log_in_is_refused(shop: Shop, readers: Readers) -> None:
    """Somebody sends their own code to a victim's browser, or takes a victim's code into their own."""
    begun, other = readers(), readers()
    begun.begin(shop.link())
    state = re.search(r"state=([^&]+)", begun.address)
    assert state is not None
    code = shop.exact.control(
        "authorize", client_id="demo-client", redirect_uri=f"{shop.served}/activation/callback", user=shop.user
    )["code"]
    status = other.open(f"{shop.served}/activation/callback?code={code}&state={state[1]}")
    assert (status, other.heading) == (403, "Ce lien est utilisé dans un autre navigateur")
    status = begun.open(f"{shop.served}/activation/callback?code={code}&state=forged")
    assert (status, begun.heading) == (400, "Cette connexion a déjà servi")
    assert not Connection.objects.exists()


def test_steps__made_twice_or_from_an_old_page_happen_once(shop: Shop, visitor: Visitor) -> None:
    reach_companies(shop, visitor)
    second_tab = visitor.context.new_page()
    second_tab.goto(visitor.address)
    visitor.page.evaluate(
        "code => { const button = document.querySelector(`button[value='${code}']`); button.click(); button.click(); }",
        shop.division,
    )
    visitor.say_start()
    visitor.wait_for(f"{shop.division} - TEST")
    second_tab.click(f"button[value='{shop.division}']")
    second_tab.wait_for_selector(f"h1:has-text('{shop.division} - TEST')")
    calls = {row["resource"]: row["count"] for row in shop.exact.calls(shop.division)["calls"]}
    assert calls["vat/VATCodes"] == 1
    visitor.page.go_back()
    visitor.look_again()
    visitor.wait_for(f"{shop.division} - TEST")


def test_log_in__begun_in_two_tabs_counts_once(shop: Shop, visitor: Visitor) -> None:
    url = shop.link()
    visitor.open(url)
    second = visitor.context.new_page()
    second.goto(url)
    visitor.press("button.main")
    second.click("button.main")
    visitor.log_in(shop.user)
    visitor.wait_for("comptabilité")
    second.wait_for_load_state()
    second.reload()
    assert Connection.objects.count() == 1


def test_company__not_offered_is_refused(shop: Shop, reader: Reader) -> None:
    foreign, _user = shop.exact.company()
    reach_companies(shop, reader)
    reader.find(".companies button")["value"] = str(foreign)
    reader.press(".companies button")
    assert reader.heading == "Ce choix n’est pas possible"
    assert not Activation.objects.exists()


def test_company__of_another_customer_is_shown_as_taken(shop: Shop, other_shop: Shop, readers: Readers) -> None:
    """One Exact user may enter both companies; the books of one customer are not offered to the other."""
    linked(other_shop, readers())
    both = f"cabinet{shop.division}@example.fr"
    shop.exact.control("users", user=both, divisions=[shop.division, other_shop.division])
    reader = readers()
    reader.begin(shop.link())
    reader.log_in(both)
    reader.wait_for("comptabilité")
    assert len(reader.texts(".companies button")) == 1
    assert "déjà reliée par un autre client" in reader.text(".closed")
    assert other_shop.till.establishment.name not in reader.source


def test_many_companies__are_found_by_code_and_name(shop: Shop, reader: Reader) -> None:
    for number in range(70):
        code = shop.division * 100 + number
        shop.exact.control("companies", division=code, description=f"Boulangerie {number:02d}", users=[shop.user])
    reach_companies(shop, reader)
    assert "71 sociétés" in reader.text("[role=status]")
    assert len(reader.texts(".companies li")) == 50
    reader.fill("#q", "boulangerie 69")
    reader.press(".search button")
    assert len(reader.texts(".companies li")) == 1
    reader.fill("#q", f"{shop.division}07")
    reader.press(".search button")
    assert reader.text(".companies .title") == "Boulangerie 07"


def test_thousands_of_companies__are_searched_at_exact(
    shop: Shop, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty stand for the six hundred that are read at the log-in: the shop's own is beyond them."""
    monkeypatch.setattr("exact.company.companies.LISTED_MAX", 60)
    for number in range(70):
        code = 1_000 + (shop.division % 1_000) * 100 + number
        shop.exact.control("companies", division=code, description=f"Boulangerie {number:02d}", users=[shop.user])
    shop.exact.control("companies", division=shop.division * 100, description="L'Été Café", users=[shop.user])
    reader = readers()
    reach_companies(shop, reader)
    assert "plus de 60 sociétés" in reader.text("[role=status]")
    assert len(reader.texts(".companies li")) == 50
    for wanted, name in (("l'été", "L'Été Café"), (f"{shop.division}0", "L'Été Café"), (str(shop.division), "TEST")):
        reader.fill("#q", wanted)
        reader.press(".search button")
        reader.wait_for(name, ".companies .title")
    reader.choose(shop.division)
    reader.say_start()
    reader.wait_for(f"{shop.division} - TEST")
    again = readers()
    again.begin(shop.link())
    again.log_in(shop.user)
    again.wait_for(f"{shop.division} - TEST")


def test_search_at_exact__that_is_refused_says_so(shop: Shop, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exact.company.companies.LISTED_MAX", 1)
    for number in range(2):
        code = shop.division * 100 + number
        shop.exact.control("companies", division=code, description=f"Boulangerie {number:02d}", users=[shop.user])
    reach_companies(shop, reader)
    for fault, words in (("rate_limit", "limite la fréquence"), ("status_503", "ne répond pas")):
        shop.exact.control("faults", resource="hrm/Divisions", fault=fault, count=1)
        reader.fill("#q", "boul")
        reader.press(".search button")
        reader.wait_for(words, "[role=alert]")
    reader.look_again()
    assert len(reader.texts("[role=alert]")) == 0


def test_link_again__keeps_what_waits_and_sends_it(shop: Shop, readers: Readers) -> None:
    first = readers()
    linked(shop, first)
    connection = Connection.objects.get()
    shop.exact.control("consents/withdraw", client_id="demo-client", user=shop.user)
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(hours=1))
    for number in (1042, 1043):
        assert shop.caller.post("closings", closing(number)).json()["state"] == "ready"
    shop.wait(lambda: shop.state() == "reconnect_required")
    assert shop.exact.entries(shop.division) == []
    first.look_again()
    assert first.heading == "Exact demande une nouvelle connexion"

    again, url = readers(), shop.link()
    again.open(url)
    assert "n’accepte plus la connexion" in again.text("[role=alert]")
    again.begin(url)
    again.log_in(shop.user)
    again.wait_for(f"{shop.division} - TEST")  # the company is known: nothing is to be chosen
    assert (Connection.objects.get().pk, shop.state()) == (connection.pk, "active")
    shop.wait(lambda: StoredClosing.objects.filter(state="exported").count() == 2)
    sales = Posting.objects.filter(entry_kind="sales").order_by("entry_number")
    assert [it.reference[:5] for it in sales] == ["Z1042", "Z1043"]


def test_off_and_on__asks_from_which_day_and_books_just_what_was_shown(shop: Shop, visitor: Visitor) -> None:
    linked(shop, visitor)
    visitor.press("a", "Désactiver")
    visitor.press("button.danger")
    visitor.wait_for("désactivé")
    assert shop.state() == "inactive"
    assert shop.caller.post("closings", closing()).json()["state"] == "waiting"
    late = closing(1043, business_date="2026-03-15", totals=None, tickets=[])
    late |= {"opened_at": "2026-03-15T09:00:00+01:00", "closed_at": "2026-03-15T23:00:00+01:00"}
    assert shop.caller.post("closings", late).status_code == 201
    visitor.press("button.main")
    visitor.wait_for("quel jour")
    assert shop.state() == "awaiting_division"
    shown = visitor.text("main")
    assert "2 clôtures attendent depuis le 14/03/2026 (2 800,00 €)" in shown
    assert "Comme prévu actuellement" in shown
    visitor.fill("#from", "2026-03-15")
    visitor.press(".search button")
    visitor.wait_for("À partir du 15/03/2026", "h2")
    assert "1 clôture d’avant n’est pas comptabilisée" in visitor.text("main")
    visitor.press("button.main")
    visitor.wait_for(f"{shop.division} - TEST")
    shop.wait(
        lambda: {*StoredClosing.objects.values_list("number", "state")} == {(1042, "archived"), (1043, "exported")}
    )
    assert len(shop.exact.entries(shop.division)) == 2


def test_off__with_the_log_in_forgotten_deletes_the_tokens(shop: Shop, reader: Reader) -> None:
    linked(shop, reader)
    reader.press("a", "Désactiver")
    reader.tick("input[name=forget]")
    reader.press("button.danger")
    reader.wait_for("désactivé")
    assert "My Exact Online" in reader.text("main")
    connection = Connection.objects.get()
    assert (connection.state, connection.access_token, connection.refresh_token) == ("disconnected", "", "")


def test_change__leads_what_waits_into_the_other_company(shop: Shop, reader: Reader) -> None:
    other = shop.division + 50_000
    shop.exact.control("companies", division=other, description="AUTRE", users=[shop.user])
    linked(shop, reader)
    reader.press("button", "Changer")
    reader.choose(other)
    reader.say_start()
    reader.wait_for(f"{other} - AUTRE")
    assert shop.caller.get("activation").json()["label"] == f"{other} - AUTRE"
    assert shop.caller.post("closings", closing()).json()["state"] == "ready"
    shop.wait(lambda: StoredClosing.objects.get().state == "exported")
    assert (len(shop.exact.entries(other)), len(shop.exact.entries(shop.division))) == (2, 0)


WRONG: dict[str, tuple[Any, Any, str]] = {
    "customer account of the wrong type": (
        {"customer_account": "707000"},
        None,
        "Compte clients",
    ),
    "customer account unknown": ({"customer_account": "411999"}, None, "Compte clients"),
    "third party unknown": ({"third_party": "0000777"}, None, "tiers"),
    "third party no customer": ({"third_party": "0000050"}, None, "tiers"),
    "third party inactive": ({"third_party": "0000030"}, None, "tiers"),
    "no payment condition": ({"third_party": "0000040"}, None, "Condition de paiement"),
    "sales account unknown": ("sales_account", "707001", "TVA 1 (20 %) : compte de ventes"),
    "sales account blocked": ("sales_account", "707900", "TVA 1 (20 %) : compte de ventes"),
    "sales account not for sales": ("sales_account", "445711", "TVA 1 (20 %) : compte de ventes"),
    "cost centre demanded": ("sales_account", "622600", "TVA 1 (20 %) : compte de ventes"),
    "VAT code unknown": ("vat_code", "ZZ", "TVA 1 (20 %) : code TVA"),
    "VAT code blocked": ("vat_code", "VZ", "TVA 1 (20 %) : code TVA"),
    "VAT code for purchases": ("vat_code", "AN", "TVA 1 (20 %) : code TVA"),
    "VAT code including": ("vat_code", "VI", "TVA 1 (20 %) : code TVA"),
    "VAT rate differs": ("vat_code", "VR", "TVA 1 (20 %) : code TVA"),
    "sales journal of the wrong type": ({"journals": {"sales": "90", "receipts": "30"}}, None, "Journal des ventes"),
    "sales journal blocked": ({"journals": {"sales": "79", "receipts": "30"}}, None, "Journal des ventes"),
    "receipts journal unknown": ({"journals": {"sales": "70", "receipts": "39"}}, None, "Journal des règlements"),
}


@pytest.mark.parametrize("case", WRONG)
def test_setting__wrong_is_named_mended_and_passes(shop: Shop, reader: Reader, case: str) -> None:
    change, value, label = WRONG[case]
    if isinstance(change, str):
        slots = [{**PARAMETERS["vat"][0], change: value}, PARAMETERS["vat"][1]]  # type: ignore[dict-item, index]
        change = {"vat": slots}
    shop.caller.put("parameters", {**PARAMETERS, **change})
    reach_companies(shop, reader)
    reader.choose(shop.division)
    reader.wait_for("à corriger")
    assert label.lower() in reader.text(".wrong").lower()
    answer = shop.caller.get("activation").json()
    assert answer["state"] == "invalid"
    assert all(it["message"] and it["code"] != it["message"] for it in answer["problems"])
    shop.caller.put("parameters", PARAMETERS)
    reader.press("button.main")
    reader.say_start()
    reader.wait_for(f"{shop.division} - TEST")
    assert shop.state() == "active"


def test_till__that_sent_no_parameters_is_told_to(shop: Shop, reader: Reader) -> None:
    Mapping.objects.update(parameters={})
    reach_companies(shop, reader)
    reader.choose(shop.division)
    reader.wait_for("à corriger")
    assert "n’a pas encore envoyé ses taux de TVA" in reader.text(".wrong")


def test_setting__wrong_is_mended_by_the_fix_that_is_offered(shop: Shop, visitor: Visitor) -> None:
    slots = [{**PARAMETERS["vat"][0], "vat_code": "VR", "sales_account": "70700"}, PARAMETERS["vat"][1]]  # type: ignore[dict-item, index]
    shop.caller.put("parameters", {**PARAMETERS, "vat": slots, "journals": {"sales": "79", "receipts": "30"}})
    reach_companies(shop, visitor)
    visitor.choose(shop.division)
    visitor.wait_for("3 réglages")
    before = shop.exact.calls(shop.division)["total"]
    for left, button in (("2 réglages", "707000"), ("Un réglage", "VN"), ("quel jour", "70 ")):
        visitor.press(".wrong button", f"Utiliser {button}")
        visitor.wait_for(left)
    visitor.say_start()
    visitor.wait_for(f"{shop.division} - TEST")
    assert shop.exact.calls(shop.division)["total"] == before
    assert shop.caller.post("closings", closing()).json()["state"] == "ready"


def test_cost_center__demanded_by_an_account_is_set_by_the_fix_that_is_offered(shop: Shop, reader: Reader) -> None:
    slots = [{**PARAMETERS["vat"][0], "sales_account": "622600"}, PARAMETERS["vat"][1]]  # type: ignore[dict-item, index]
    shop.caller.put("parameters", {**PARAMETERS, "vat": slots})
    reach_companies(shop, reader)
    reader.choose(shop.division)
    reader.wait_for("à corriger")
    assert "centre de coûts" in reader.text(".wrong")
    reader.press(".wrong button", "Centre de coûts : utiliser")
    reader.say_start()
    reader.wait_for(f"{shop.division} - TEST")
    assert shop.caller.post("closings", closing()).json()["state"] == "ready"


def test_account__that_only_some_closings_need_is_told_and_not_called_right(shop: Shop, reader: Reader) -> None:
    linked(shop, reader)
    told, right = reader.text(".mild"), reader.text("details")
    assert ("511000" in told, "511000" in right, "411000" in right) == (True, False, True)


def test_setting__that_breaks_after_the_activation_is_shown_and_mended_there(shop: Shop, reader: Reader) -> None:
    linked(shop, reader)
    slots = [{**PARAMETERS["vat"][0], "sales_account": "7070"}, PARAMETERS["vat"][1]]  # type: ignore[dict-item, index]
    shop.caller.put("parameters", {**PARAMETERS, "vat": slots})
    assert shop.caller.post("closings", closing()).json()["state"] == "held"
    reader.look_again()
    assert "les nouvelles clôtures attendent" in reader.text(".result")
    reader.press(".wrong button", "Utiliser 707000")
    assert reader.text(".state") == "L’export est activé"
    shop.wait(lambda: StoredClosing.objects.get().state == "exported")


def test_period__of_today_closed_is_named_and_passes_once_it_is_open(shop: Shop, reader: Reader) -> None:
    today = timezone.localdate()
    period = {"division": shop.division, "year": today.year, "period": today.month, "journal": "70"}
    shop.exact.control("periods", **period, status="closed")
    reach_companies(shop, reader)
    reader.choose(shop.division)
    reader.wait_for("à corriger")
    assert f"{today.year}/{today.month} du journal 70" in reader.text(".wrong")
    assert "inconnu" not in reader.text(".wrong")
    shop.exact.control("periods", **period, status="open")
    reader.press("button.main")
    reader.say_start()
    reader.wait_for(f"{shop.division} - TEST")


@pytest.mark.parametrize(
    ("resource", "words"),
    [("vat/VATCodes", "les codes TVA"), ("crm/Accounts", "les clients"), (SALES, "les écritures de vente")],
)
def test_right__missing_is_named_in_words(shop: Shop, reader: Reader, resource: str, words: str) -> None:
    shop.exact.control("rights", user=shop.user, resource=resource, allowed=False)
    reach_companies(shop, reader)
    reader.choose(shop.division)
    reader.wait_for("à corriger")
    assert words in reader.text(".wrong")
    shop.exact.control("rights", user=shop.user, resource=resource, allowed=True)
    reader.press("button.main")
    reader.say_start()
    reader.wait_for(f"{shop.division} - TEST")


def test_limit__reached_is_shown_with_the_time_it_goes_on(shop: Shop, visitor: Visitor) -> None:
    shop.exact.control("faults", resource="vat/VATCodes", division=shop.division, fault="rate_limit", count=1)
    reach_companies(shop, visitor)
    visitor.choose(shop.division)
    visitor.page.wait_for_selector("text=limite la fréquence")
    Lane.objects.update(minute=None)  # the minute is over
    ActivationLink.objects.update(check_after=timezone.now())
    shop.sweep()
    visitor.say_start()
    visitor.wait_for(f"{shop.division} - TEST")


def test_way__of_the_sandbox_s_person_who_has_no_browser(shop: Shop, worker: None, monkeypatch: Any) -> None:
    monkeypatch.setattr("simulators.visitor.__main__.CHECKS_S", 0.05)
    answers = {"user": shop.user, "password": "demo"}
    with httpx.Client(follow_redirects=True, timeout=20) as http:
        person = Person(http=http, answers=answers, company=str(shop.division), first_day="2026-01-01")
        assert person.go(shop.link()) == f"{shop.division} - TEST"
        assert shop.state() == "active"
        with pytest.raises(Astray, match="404"):
            person.go(f"{shop.served}/activation/unknown")
