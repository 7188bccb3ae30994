"""What happened to an entry is told in the reader's language: what we say of it, and what Exact said."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from exact.lane.states import move
from exact.models import Division, Lane, Posting, PostingEvent, PostingState
from exports.models import StoredClosing
from exports.words.history import of_closing
from exports.words.reasons import REASONS, Why, reason
from ledger.problem import Problem
from tenants.factories import SupportFactory
from tests.conftest import ROOT, Caller, SimulatedExact, closing, work
from tests.exact.lane.test_lane import SALES, settle_now


def console(language: str, address: str) -> str:
    """A console page as support reads it, with plain spaces."""
    client = Client()
    client.force_login(SupportFactory(language=language))
    page = html.unescape(client.get(address).content.decode())
    return " ".join(page.split())


def page_of(closing_id: str, language: str = "fr") -> str:
    return console(language, reverse("admin:exports_storedclosing_change", args=[closing_id]))


def push(till: Caller) -> str:
    closing_id: str = till.post("closings", closing()).json()["id"]
    return closing_id


@pytest.mark.parametrize(
    ("fault", "french", "english"),
    [
        ("reset_before", "Aucune réponse d’Exact.", "No answer from Exact."),
        ("status_503", "La réponse d’Exact est illisible (HTTP 503).", "could not be read (HTTP 503)"),
        ("rate_limit", "Non envoyée : la limite d’appels est atteinte.", "Not sent: the limit of calls is reached."),
    ],
)
def test_history__says_why_in_the_readers_language(
    linked: tuple[Caller, Division], exact: SimulatedExact, fault: str, french: str, english: str
) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault=fault, division=division.code)
    work(division)
    assert french in page_of(closing_id)
    assert english not in page_of(closing_id)
    assert english in page_of(closing_id, "en")


def test_history__of_an_entry_that_is_sent_again(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    closing_id = push(till)
    exact.control("faults", **SALES, fault="reset_before", division=division.code)
    for _ in range(4):
        work(division)
        settle_now(division)
    page = page_of(closing_id)
    assert "Recherchée deux fois, absente d’Exact : elle est renvoyée." in page
    assert "comptabilisée" in page


def test_difference__is_told_with_its_amounts(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, _ = linked
    closing_id = push(till)
    sale = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    move(sale, PostingState.SENDING, sending_since=sale.created_at)
    move(sale, PostingState.UNKNOWN)
    facts = {"expected": "1400.00", "found": "1399.99"}
    found = Problem(code="amount_differs_in_exact", facts=facts)
    move(sale, PostingState.DIFFERS, reasons=[found], problems=[found.to_document()])
    page = page_of(closing_id)
    assert page.count("Le montant est de 1 399,99 € dans Exact, 1 400,00 € a été envoyé.") == 3


def test_code__gone_from_exact_is_named_in_the_list(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    push(till)
    division.catalogue.filter(code="706000").delete()
    work(division)
    page = console("fr", reverse("admin:exports_storedclosing_changelist"))
    assert "Ceci n’existe plus dans Exact : compte général 706000." in page


def test_history__of_before_is_shown_as_it_was_written(linked: tuple[Caller, Division]) -> None:
    till, _ = linked
    closing_id = push(till)
    posting = Posting.objects.get(closing_id=closing_id, entry_kind="sales")
    old = "looked up twice, not in Exact: sent again"
    PostingEvent.objects.create(
        tenant_id=posting.tenant_id, posting=posting, before="unknown", after="pending", why=old
    )
    assert old in page_of(closing_id)


def test_lane__says_why_it_stands_still(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    push(till)
    exact.control("faults", **SALES, fault="rate_limit", division=division.code)
    work(division)
    assert Lane.objects.get(division=division).pause_code == "rate_limited"
    assert "La limite d’appels d’Exact est atteinte" in console("fr", reverse("admin:exact_lane_changelist"))


def test_refusal__stands_before_what_follows_from_it(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    stored = StoredClosing.objects.get(pk=push(till))
    exact.control("periods", division=division.code, year=2026, period=3, journal="70", status="closed")
    work(division)
    assert [it.state for it in of_closing(stored)] == ["ready", "sending", "refused", "failed"]


def test_reason__of_our_own_is_a_sentence_in_both_languages() -> None:
    assert {*REASONS} == {*Why}
    with translation.override("en"):
        english = [reason(why) for why in Why]
    with translation.override("fr"):
        french = [reason(why) for why in Why]
    assert len({*english, *french}) == 2 * len(Why)


def test_reasons__that_are_stored_are_all_of_the_list() -> None:
    """A word written down at a verb's door would be shown as it is, in English, to everybody."""
    written = re.compile(r"""\bwhy=(?:_now\()?["']\w""")
    rooms = [path for room in ("exports", "exact", "clyo_ingest") for path in (ROOT / room).rglob("*.py")]
    found = [f"{path.name}: {it}" for path in rooms for it in written.findall(path.read_text())]
    assert found == []
