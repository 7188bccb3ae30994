"""Errors by cause: what one mend sets free stands together, whatever amounts differ."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from exact.models import Division
from exports.console import links
from exports.console.causes import SAME_CAUSE, causes_of
from exports.console.ways_by_code import WAYS_BY_CODE
from exports.console.ways_out import MEND_MAPPING, Stand
from exports.models import ClosingState, StoredClosing
from exports.words.of_several import OF_SEVERAL
from exports.words.problems import SENTENCES
from tenants.factories import StaffFactory
from tests.conftest import Caller, SimulatedExact, closing, work
from tests.exports.reposts.test_repost import set_period


def lydia(number: int, amount: str) -> dict[str, object]:
    document = closing(number)
    document["payments"][0] |= {"means": "LYDIA", "label": "Lydia", "kind": "other", "amount": amount}
    document["payments"][1]["amount"] = f"{1225 - float(amount):.2f}"
    return document


def test_held__for_one_means_of_payment_is_one_cause(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    for number, amount in ((1042, "325.00"), (1043, "300.00")):
        assert till.post("closings", lydia(number, amount)).json()["state"] == "held"
    (cause,) = causes_of(StoredClosing.objects.all())
    assert (cause.code, len(cause.closings), len(cause.tenants)) == ("means_unmapped", 2, 1)
    assert "LYDIA" in cause.words
    assert "325" not in cause.words
    assert cause.title == cause.words
    assert "…" not in cause.words
    assert cause.named == str(till.till.establishment)
    assert cause.in_the_mapping


def test_cause__of_one_closing_has_its_figures_and_leads_to_it(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    till.post("closings", lydia(1042, "325.00"))
    (cause,) = causes_of(StoredClosing.objects.all())
    assert "325,00" in cause.title.replace(".", ",")
    client = Client()
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    page = client.get(reverse("console_causes")).content.decode()
    assert str(till.till.establishment) in page
    assert reverse("admin:exports_storedclosing_change", args=cause.closing_ids) in page


def test_unbalanced__closings_are_one_cause_in_a_sentence_without_holes(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    for number in (1042, 1043):
        document = closing(number)
        document["payments"][1]["amount"] = f"{float(document['payments'][1]['amount']) - number / 100:.2f}"
        assert till.post("closings", document).json()["state"] == "held"
    client = Client()
    client.force_login(StaffFactory(reseller=till.till.tenant.reseller))
    for page in (
        reverse("console_causes"),
        reverse("admin:index"),
        links.shop(till.till.establishment_id),
        links.closings(state="attention", problem="receipts_identity"),
    ):
        shown = unescape(client.get(page).content.decode()).replace("\xa0", " ")
        assert "Les ventes et les règlements diffèrent" in shown, page


@pytest.mark.parametrize("code", sorted(WAYS_BY_CODE))
def test_sentence__of_several_has_no_fact_in_which_they_may_differ(code: str) -> None:
    told = {*re.findall(r"\{(\w+)", OF_SEVERAL.get(code, SENTENCES[code]))}
    assert told <= {*SAME_CAUSE.get(code, ())}


def test_refused__by_exact_with_the_same_words_is_one_cause(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    set_period(exact, division, "closed")
    for number in (1042, 1043):
        till.post("closings", closing(number))
    work(division)
    (cause,) = causes_of(StoredClosing.objects.all())
    assert (cause.code, len(cause.closings)) == ("exact_said", 2)


def test_exported__has_no_cause(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    till.post("closings", closing())
    work(division)
    assert causes_of(StoredClosing.objects.all()) == []


def test_way_out__of_a_movement_without_account_is_the_mapping() -> None:
    facts = {"kind": "expense", "amount": "5.00"}
    problem = {"code": "movement_unmapped", "pointer": "/cash", "facts": facts, "blocking": True}
    held = Stand(StoredClosing(state=ClosingState.HELD, problems=[problem]), [])
    assert MEND_MAPPING.fits(held)


def test_links__to_differences_keep_the_kind_without_an_establishment() -> None:
    assert links.findings(kind="doubled").endswith("?kind__exact=doubled")
