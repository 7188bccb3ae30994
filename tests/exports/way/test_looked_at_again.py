"""A closing looked at again after its settings changed: right to the cent, or refused and said why."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from booking.mapping import MeansOverride, Overrides, set_overrides
from exact.models import CatalogueItem, Division, Lane, Posting, PostingState
from exports import tasks
from exports.console.closing_page import closing_context
from exports.coverage.missing import missing_before
from exports.models import StoredClosing
from exports.reposts.replace import dry_run, order
from exports.reposts.repost import CannotRepost, repost
from exports.reposts.repost_preview import READ_WITH_A_CLOSING, preview
from exports.way.accept import reconsider
from exports.way.as_it_is import outlook
from exports.way.decide import Complete, Held, Look, Ready, decide
from exports.way.prepare import WHERE_CLOSINGS_GO, Destination
from exports.way.standing import Standing
from ledger.book import Booking
from ledger.kinds import PaymentKind
from ledger.problem import Problem
from tenants.factories import SupportFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.walking import browser, page, say, stamp

Linked = tuple[Caller, Division]
VOUCHERS_IN_51 = {PaymentKind.MEAL_VOUCHER: MeansOverride(account="511800", journal="51")}
CARDS_IN_51 = {PaymentKind.CARD: MeansOverride(account="511500", journal="51")}


def sums(exact: SimulatedExact, division: Division) -> dict[str, Decimal]:
    """Debit less credit per account in Exact's books."""
    told: dict[str, Decimal] = {}
    for entry in exact.entries(division.code):
        for line in entry["lines"]:
            amount = Decimal(line["debit"]) - Decimal(line["credit"])
            told[line["account_code"]] = told.get(line["account_code"], Decimal()) + amount
    return told


def journal(exact: SimulatedExact, division: Division, code: str, status: str) -> None:
    exact.control("periods", division=division.code, year=2026, period=3, journal=code, status=status)


def settings(till: Caller, **overrides: Any) -> None:
    set_overrides(till.till.establishment, Overrides(**overrides), actor=None)


def everything(division: Division) -> None:
    Lane.objects.update(paused_until=None)
    work(division)
    tasks.sweep()
    work(division)


def another_customer(division: Division) -> str:
    """A second code for the walk-in customer."""
    other = CatalogueItem.objects.get(division=division, kind="third_party", code="0000002")
    other.pk, other.code = None, "0000009"
    other.save()
    return other.code


def assert_whole(exact: SimulatedExact, division: Division) -> None:
    """The closing of `tests.conftest` stands whole, once, whatever journals its parts are in."""
    told = sums(exact, division)
    assert told["411000"] == 0
    assert (told["511500"], told["511800"]) == (Decimal("900.00"), Decimal("200.00"))
    assert (told["706000"], told["707000"]) == (Decimal("-1000.00"), Decimal("-250.00"))


@pytest.fixture
def half_in(linked: Linked, exact: SimulatedExact) -> StoredClosing:
    """Vouchers go to journal 51, which was closed: the sale and journal 30 stand, journal 51 was refused."""
    till, division = linked
    settings(till, means_by_kind=VOUCHERS_IN_51)
    journal(exact, division, "51", "closed")
    answer = till.post("closings", closing()).json()
    work(division)
    journal(exact, division, "51", "open")
    assert StoredClosing.objects.get().state == "failed"
    return StoredClosing.objects.get(pk=answer["id"])


def test_means_that_moved__are_not_booked_again(half_in: StoredClosing, linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    settings(till, means_by_kind=VOUCHERS_IN_51 | CARDS_IN_51)
    repost(half_in.pk, actor=None, why="period reopened")
    everything(division)
    assert_whole(exact, division)
    half_in.refresh_from_db()
    assert half_in.state == "exported"


def test_means_that_moved_back__are_left_out_of_nothing(linked: Linked, exact: SimulatedExact) -> None:
    """Cards were refused in journal 51; then they are sent to 30, whose entry stands already without them."""
    till, division = linked
    settings(till, means_by_kind=CARDS_IN_51)
    journal(exact, division, "51", "closed")
    answer = till.post("closings", closing()).json()
    work(division)
    settings(till)
    repost(answer["id"], actor=None, why="cards go to 30 now")
    everything(division)
    assert_whole(exact, division)
    assert StoredClosing.objects.get().state == "exported"


def test_preview__is_what_is_posted(half_in: StoredClosing, linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    settings(till, means_by_kind=VOUCHERS_IN_51 | CARDS_IN_51)
    shown = preview(StoredClosing.objects.select_related(*READ_WITH_A_CLOSING).get())
    assert [(it.journal, it.amount.replace("\xa0", " ")) for it in shown.entries] == [("51", "200,00 €")]
    before = {it["entry_id"] for it in exact.entries(division.code)}
    repost(half_in.pk, actor=None, why="period reopened")
    everything(division)
    [new] = [it for it in exact.entries(division.code) if it["entry_id"] not in before]
    assert new["journal"] == "51"


def test_another_walk_in_customer__is_refused_and_said(
    half_in: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    settings(till, means_by_kind=VOUCHERS_IN_51, third_party=another_customer(division))
    repost(half_in.pk, actor=None, why="period reopened")
    half_in.refresh_from_db()
    assert half_in.state == "failed"
    assert "standing_other_customer" in {it["code"] for it in half_in.problems}
    [said] = preview(StoredClosing.objects.select_related(*READ_WITH_A_CLOSING).get()).problems
    assert "0000009" in said


def test_other_company__is_refused_and_said(half_in: StoredClosing, linked: Linked, exact: SimulatedExact) -> None:
    till, _division = linked
    exact.link(till.till, *exact.company())
    repost(half_in.pk, actor=None, why="moved")
    half_in.refresh_from_db()
    assert (half_in.state, [it["code"] for it in half_in.problems if it["blocking"]]) == (
        "failed",
        ["standing_in_other_company"],
    )


def test_held_after_the_look__goes_on_once_it_is_mended(
    half_in: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    """Between the press and the look-up in Exact the vouchers' account was blocked there."""
    _till, division = linked
    repost(half_in.pk, actor=None, why="period reopened")
    account = CatalogueItem.objects.get(division=division, kind="gl_account", code="511800")
    free = dict(account.facts)
    CatalogueItem.objects.filter(pk=account.pk).update(facts=free | {"IsBlocked": True})
    work(division)
    half_in.refresh_from_db()
    assert (half_in.state, [it["code"] for it in half_in.problems if it["blocking"]]) == (
        "held",
        ["gl_account_blocked"],
    )
    assert "part" in closing_context(half_in)["next_step"].title
    CatalogueItem.objects.filter(pk=account.pk).update(facts=free)
    reconsider(half_in.pk, why="unblocked")
    everything(division)
    assert_whole(exact, division)
    half_in.refresh_from_db()
    assert half_in.state == "exported"


def test_pressed_while_it_is_on_its_way__does_nothing(
    half_in: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    _till, division = linked
    repost(half_in.pk, actor=None, why="first")
    for _ in range(2):
        with pytest.raises(CannotRepost, match="repost_not_failed"):
            repost(half_in.pk, actor=None, why="again")
    everything(division)
    assert_whole(exact, division)


def test_replacing_one_entry__leaves_what_stands_elsewhere(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    settings(till, means_by_kind=VOUCHERS_IN_51)
    till.post("closings", closing())
    work(division)
    settings(till, means_by_kind=VOUCHERS_IN_51 | CARDS_IN_51)
    order(dry_run(Posting.objects.get(journal="51").pk), actor=SupportFactory(), why="as the settings say now")
    everything(division)
    assert_whole(exact, division)


def test_replacing__gives_the_parts_of_the_old_entry_their_new_journals(linked: Linked, exact: SimulatedExact) -> None:
    """Journal 30 held cash, cards and vouchers; today cards go to 51: two entries take its place."""
    till, division = linked
    till.post("closings", closing())
    work(division)
    settings(till, means_by_kind=CARDS_IN_51)
    shown = dry_run(Posting.objects.get(entry_kind="receipts").pk)
    assert [entry.journal for entry in shown.entries] == ["30", "51"]
    order(shown, actor=None, why="cards have a journal now")
    everything(division)
    assert_whole(exact, division)
    assert StoredClosing.objects.get().state == "exported"


def test_replacing__takes_all_entries_when_one_alone_would_not_do(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.post("closings", closing())
    work(division)
    settings(till, third_party=another_customer(division))
    asked = Posting.objects.get(entry_kind="receipts")
    shown = dry_run(asked.pk)
    assert [old.posting.entry_kind for old in shown.olds] == ["receipts", "sales"]
    page = Client()
    page.force_login(SupportFactory(language="fr"))
    words = page.get(reverse("admin:exact_finding_replace", args=[asked.pk])).content.decode()
    assert shown.olds[1].posting.reference in words
    order(shown, actor=None, why="another customer account")
    everything(division)
    assert_whole(exact, division)
    assert len(exact.entries(division.code)) == 2
    assert StoredClosing.objects.get().state == "exported"


def test_replacing_all__looks_for_what_was_refused_before_it_is_booked(
    half_in: StoredClosing, linked: Linked, exact: SimulatedExact
) -> None:
    till, division = linked
    settings(till, means_by_kind=VOUCHERS_IN_51, third_party=another_customer(division))
    shown = dry_run(Posting.objects.get(entry_kind="sales", state=PostingState.POSTED).pk)
    assert len(shown.olds) == 2
    order(shown, actor=None, why="another customer account")
    refused = Posting.objects.get(journal="51")
    assert refused.state == PostingState.SOUGHT
    everything(division)
    refused.refresh_from_db()
    assert refused.state == PostingState.WITHDRAWN
    assert_whole(exact, division)
    assert len(exact.entries(division.code)) == 3
    half_in.refresh_from_db()
    assert half_in.state == "exported"


def unmapped(document: dict[str, Any]) -> None:
    document["payments"][0] |= {"means": "LYDIA", "label": "Lydia", "kind": "other"}


def nameless(document: dict[str, Any]) -> None:
    document["payments"][0] |= {"means": "CPT", "label": "En compte", "kind": "on_account", "account": ""}


def unknown_slot(document: dict[str, Any]) -> None:
    document["sales"][0]["vat"] = 7


def vat_alone(document: dict[str, Any]) -> None:
    document["sales"][1] |= {"net": "0.00", "tax": "299.99"}


def not_adding_up(document: dict[str, Any]) -> None:
    document["payments"][0]["amount"] = "324.00"


@pytest.mark.parametrize("fault", [unmapped, nameless, unknown_slot, vat_alone, not_adding_up])
def test_booked_as_it_is__never_without_what_an_entry_needs(linked: Linked, exact: SimulatedExact, fault: Any) -> None:
    till, division = linked
    document = closing()
    fault(document)
    till.post("closings", document)
    stored = StoredClosing.objects.get()
    client = browser()
    shown = page(client, "as-it-is", stored)
    say(client, "as-it-is", stored, outlook(stored).digest)
    everything(division)
    stored = StoredClosing.objects.get()
    assert (stored.state, stored.accepted_problems) == ("held", [])
    assert exact.entries(division.code) == []
    assert (stamp(shown), bool(shown.context["shown"].refusals)) == ("", True)


def test_booked_as_it_is__goes_where_the_entries_are_right(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    document = closing()
    document["totals"]["perpetual_after"] = "905611.11"
    till.post("closings", document)
    reconsider(StoredClosing.objects.get().pk, why="booked as it is", accept_problems=True)
    everything(division)
    stored = StoredClosing.objects.get()
    assert (stored.state, stored.accepted_problems) == ("exported", ["perpetual_total"])
    assert_whole(exact, division)


def test_held__goes_when_its_means_is_mapped(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    document = closing()
    unmapped(document)
    till.post("closings", document)
    reconsider(StoredClosing.objects.get().pk, why="booked as it is", accept_problems=True)
    settings(till, means={"LYDIA": MeansOverride(account="467500")})
    tasks.release()
    everything(division)
    assert StoredClosing.objects.get().state == "exported"


def test_sent_again__forgets_no_missing_number(linked: Linked, exact: SimulatedExact) -> None:
    till, division = linked
    till.post("closings", closing(1042))
    work(division)
    journal(exact, division, "70", "closed")
    later = till.post("closings", closing(1044)).json()
    work(division)
    journal(exact, division, "70", "open")
    repost(later["id"], actor=None, why="reopened")
    everything(division)
    assert [(it.first, it.last) for it in missing_before(StoredClosing.objects.all())] == [(1043, 1043)]
    till.post("closings", closing(1043))
    assert missing_before(StoredClosing.objects.all()) == []


def test_preview__says_what_still_holds(linked: Linked) -> None:
    till, division = linked
    blocked = {"IsBlocked": True, "Type": 10, "UseCostcenter": 0, "UseCostunit": 0}
    CatalogueItem.objects.filter(division=division, code="511500").update(facts=blocked)
    till.post("closings", closing())
    shown = preview(StoredClosing.objects.select_related(*READ_WITH_A_CLOSING).get())
    assert shown.problems
    assert not shown.entries


def test_ready_without_entries__cannot_be_made(linked: Linked) -> None:
    till, _division = linked
    destination = Destination.of(type(till.till.establishment).objects.get(pk=till.till.establishment_id))
    with pytest.raises(AssertionError):
        Ready(entries=(), destination=destination, problems=())
    with pytest.raises(AssertionError):
        Held(problems=())


def test_decision__on_a_closing_that_stands_whole_is_that_it_does_whatever_is_remarked(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No remark of today's booking keeps it open: there is nothing to send, so nothing would ever end it."""
    till, division = linked
    till.post("closings", closing())
    everything(division)
    remark = Problem(code="number_gap", facts={"first": "1", "last": "2"}, blocking=False)
    monkeypatch.setattr("exports.way.decide.supplement", lambda *_, **__: Booking(problems=(remark,)))
    stored = StoredClosing.objects.select_related(*WHERE_CLOSINGS_GO).get()
    standing = Standing.of(stored.pk)
    found = decide(Look.at(stored, standing.entries, standing.divisions), Destination.of(stored.establishment))
    assert found == Complete(problems=(remark,))
