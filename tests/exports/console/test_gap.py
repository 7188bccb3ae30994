"""Booking the gap of a closing that does not balance: shown first, on 471, once, and right to the cent."""

from decimal import Decimal

from django.utils.html import strip_tags

from booking.mapping import MeansOverride, Overrides, set_overrides
from exact.models import CatalogueItem, Division, Lane, Posting
from exports.models import StoredClosing
from exports.reposts.replace import dry_run, order
from ledger.kinds import PaymentKind
from tenants.factories import StaffFactory, SupportFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.console.test_set_aside import pushed
from tests.exports.walking import browser, page, say, stamp, ways, yes
from tests.exports.way.test_looked_at_again import sums

Linked = tuple[Caller, Division]


def short(till: Caller) -> StoredClosing:
    """200.00 of meal vouchers are not among its payments."""
    stored = pushed(till, payments=closing()["payments"][:2])
    assert stored.state == "held"
    return stored


def test_page__shows_the_gap_where_it_goes_and_books_nothing(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    stored = short(till)
    client = browser()
    offered = ways(client, stored)
    assert "gap" in offered
    assert "as-it-is" not in offered
    text = page(client, "gap", stored).content.decode().replace("\xa0", " ")
    for words in ("200.00 € go on account 471000: sold and not paid.", "Écart du Z à justifier"):
        assert words in text, words
    assert exact.entries(division.code) == []


def test_yes__books_it_once_with_the_vat_untouched(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    stored = short(till)
    client = browser()
    address = f"/console/exports/storedclosing/{stored.pk}/change/"
    assert ">holds it</span>" in client.get(address).content.decode()
    shown = stamp(page(client, "gap", stored))
    say(client, "gap", stored, shown, why="vouchers forgotten, see the till roll")
    say(client, "gap", stored, shown)
    work(division)
    stored.refresh_from_db()
    assert (stored.state, stored.accepted_problems) == ("exported", ["gap_on_suspense"])
    after = client.get(address).content.decode()
    assert (">holds it</span>" in after, ">let through</span>" in after) == (False, True)
    said = strip_tags(after.replace("\xa0", " "))
    assert "A gap of 200.00 € is on account 471000, to be accounted for." in said
    assert "have the till send it corrected" not in said
    listed = client.get("/console/exports/storedclosing/").content.decode().replace("\xa0", " ")
    assert "have the till send it corrected" not in listed
    assert "A gap of 200.00 € is on account 471000" in listed
    booked = sums(exact, division)
    assert booked["471000"] == Decimal("200.00")
    assert (booked["411000"], booked["445711"], booked["445712"]) == (0, Decimal("-49.99"), Decimal("-100.01"))
    assert len(exact.entries(division.code)) == 2
    assert stored.events.filter(why="gap on suspense: vouchers forgotten, see the till roll").exists()


def test_account__is_the_mappings(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    set_overrides(till.till.establishment, Overrides(suspense_account="467000"), actor=None)
    stored = short(till)
    yes(browser(), "gap", stored)
    work(division)
    assert sums(exact, division)["467000"] == Decimal("200.00")


def test_account_that_exact_lacks__is_said_before_a_word(linked: Linked) -> None:
    till, division = linked
    CatalogueItem.objects.filter(division=division, code="471000").delete()
    stored = short(till)
    text = page(browser(), "gap", stored).content.decode()
    assert "Exact does not know GL account 471000" in text


def test_vat_that_was_never_due__is_no_gap(linked: Linked) -> None:
    till, _division = linked
    offered = [{"vat": 2, "rate": "10.00", "net": "16.36", "tax": "1.64", "gross": "18.00", "kind": "sale"}]
    paid = [*closing()["payments"][:2], {"means": "OFF", "kind": "offered", "amount": "200.00", "sales": offered}]
    stored = pushed(till, payments=paid)
    client = browser()
    assert "gap" not in ways(client, stored)
    assert stamp(page(client, "gap", stored)) == ""


def test_staff__may_not(linked: Linked) -> None:
    stored = short(linked[0])
    client = browser(StaffFactory(reseller=stored.tenant.reseller))
    assert "gap" not in ways(client, stored)
    assert page(client, "gap", stored).status_code == 403


def test_while_the_first_are_reviewed__it_waits_for_its_review_then(linked: Linked) -> None:
    till, _division = linked
    type(till.till.establishment).objects.update(reviews_left=2)
    stored = short(till)
    client = browser()
    assert "Waits for your review" in page(client, "gap", stored).content.decode()
    yes(client, "gap", stored)
    assert (stored.state, ways(client, stored)[0]) == ("held", "release")
    yes(client, "release", stored)
    assert stored.state == "ready"


def test_reversed_with_its_gap_and_booked_anew__page_and_till_tell_one_gap_and_no_reversal(
    linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    stored, client = short(till), browser()
    yes(client, "gap", stored)
    work(division)
    receipts = Posting.objects.get(entry_kind="receipts")
    exact.control("entries/status", division=division.code, entry_id=receipts.entry_id, status=50)
    elsewhere = {PaymentKind.CARD: MeansOverride(account="511600")}
    set_overrides(till.till.establishment, Overrides(means_by_kind=elsewhere), actor=None)
    order(dry_run(receipts.pk), actor=SupportFactory(), why="cards go elsewhere")
    Lane.objects.update(paused_until=None)
    work(division)
    shown = client.get(f"/console/exports/storedclosing/{stored.pk}/change/").context
    assert len(shown["next_step"].reasons) == 1
    assert ([len(shown[it]) for it in ("entries", "withdrawn")]) == [2, 2]
    listed = client.get("/console/exports/storedclosing/").content.decode()
    reversal = Posting.objects.get(reverses=receipts)
    assert (listed.count("A gap of 200.00"), f">{reversal.entry_number}<" in listed) == (1, False)
    told = till.get(f"closings/{stored.pk}").json()["entries"]
    assert sorted(it["reference"].rpartition("-")[2] for it in told) == ["R30.03", "V70.01"]
    yes(client, "take-out", stored)
    Lane.objects.update(paused_until=None)
    work(division)
    assert till.get(f"closings/{stored.pk}").json()["entries"] == []
