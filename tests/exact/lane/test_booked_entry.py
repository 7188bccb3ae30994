"""What Exact makes of an entry is compared line by line, and another one than was meant does not stay in the books."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from exact.lane.booked_entry import LedgerLine, differences
from exact.lane.lane import LOOKS_AT_LINES_MAX
from exact.lane.postings import to_cents
from exact.models import Division, Lane, Posting, PostingState
from exports.models import StoredClosing
from exports.reposts.replace import CannotReplace, dry_run, order
from ledger.entry import Entry
from tests.conftest import Caller, SimulatedExact, closing, work

Choose = Callable[..., None]


@pytest.fixture
def reading(exact: SimulatedExact) -> Iterator[Choose]:
    """Let Exact behave by another reading of what is known of it, for one test."""
    yield lambda **chosen: exact.control("readings", **chosen)
    exact.control("readings", cash_sign="receipt_positive", line_vat_amount="any", new_cash_entry="open")


def cards_only(number: int = 1042) -> dict[str, Any]:
    """A day on which nothing goes through the drawer: its receipts come to 0.00."""
    document = closing(number)
    document["payments"] = [
        {"means": "CB", "label": "Carte bancaire", "kind": "card", "amount": "1400.00", "count": 99}
    ]
    document["other_receipts"] = []
    return document


def tickets_beside_rate() -> dict[str, Any]:
    """VAT summed by ticket: four cents more than net times rate."""
    document = copy.deepcopy(closing())
    document["sales"][0] |= {"tax": "100.03", "gross": "1100.03"}
    document["sales"][1] |= {"tax": "50.01", "gross": "300.01"}
    document["totals"] |= {"gross": "1400.04", "perpetual_after": "905611.14"}
    document["payments"][0] |= {"amount": "325.04"}
    return document


def codes(posting: Posting) -> list[str]:
    return [it["code"] for it in posting.problems]


def of(division: Division, kind: str) -> Posting:
    return Posting.objects.get(division=division, entry_kind=kind)


def calls(exact: SimulatedExact, division: Division, method: str, resource: str) -> int:
    counted = exact.calls(division.code)["calls"]
    return sum(it["count"] for it in counted if (it["method"], it["resource"]) == (method, resource))


@pytest.mark.parametrize("document", [closing(), cards_only()], ids=["drawer", "cards"])
def test_receipts__taken_with_every_sign_turned_do_not_stay(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose, document: dict[str, Any]
) -> None:
    till, division = linked
    till.post("closings", document)
    reading(cash_sign="receipt_negative")
    work(division)
    receipts = of(division, "receipts")
    assert receipts.state == PostingState.REFUSED
    assert codes(receipts)[-1] == "taken_out_again"
    said = {it["facts"]["account"]: it["facts"] for it in receipts.problems if it["code"] == "line_differs_in_exact"}
    assert said["511500"]["found"] == f"-{said['511500']['expected']}"
    assert StoredClosing.objects.get().state == "failed"
    assert [entry["journal"] for entry in exact.entries(division.code)] == ["70"]


def test_sale__of_which_exact_ignored_the_vat_does_not_stay_and_receipts_wait(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose
) -> None:
    till, division = linked
    assert till.post("closings", tickets_beside_rate()).json()["problems"] == []
    reading(line_vat_amount="ignored")
    work(division)
    sale, receipts = of(division, "sales"), of(division, "receipts")
    assert (sale.state, receipts.state) == (PostingState.REFUSED, PostingState.PENDING)
    assert codes(sale) == [
        "amount_differs_in_exact",
        "vat_differs_in_exact",
        "vat_line_differs_in_exact",
        "vat_line_differs_in_exact",
        "taken_out_again",
    ]
    assert sale.problems[-2]["facts"] == {"vat_code": "VR", "expected": "-100.03", "found": "-100.00"}
    assert exact.entries(division.code) == []
    assert StoredClosing.objects.get().state == "failed"
    assert work(division) is False
    assert exact.entries(division.code) == []


def receipts_stand_otherwise(linked: tuple[Caller, Division], reading: Choose) -> Division:
    """A sale stands in Exact as it was meant, its receipts with other signs, and Exact does not let go of them."""
    till, division = linked
    till.post("closings", cards_only())
    reading(cash_sign="receipt_negative", new_cash_entry="processed")
    work(division)
    return division


def test_other_entry__that_exact_does_not_give_up_differs_and_says_so(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose
) -> None:
    division = receipts_stand_otherwise(linked, reading)
    receipts = of(division, "receipts")
    assert (receipts.state, receipts.posted_at is not None) == (PostingState.DIFFERS, True)
    assert "line_differs_in_exact" in codes(receipts)
    assert receipts.messages == ["Non autorisé : Écriture a été traité"]
    assert StoredClosing.objects.get().state == "failed"


def test_other_entry__that_stands_goes_with_what_is_replaced_or_nothing_is(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose
) -> None:
    """New receipts beside those that Exact made otherwise would be the second of one day."""
    division = receipts_stand_otherwise(linked, reading)
    assert (of(division, "sales").state, of(division, "receipts").state) == ("posted", "differs")
    with pytest.raises(CannotReplace, match="replace_changed_and_processed"):
        dry_run(of(division, "sales").pk)

    exact.control("entries/status", division=division.code, entry_id=receipts_in(exact, division), status=20)
    exact.control("readings", cash_sign="receipt_positive", new_cash_entry="open")
    shown = dry_run(of(division, "sales").pk)
    assert [old.posting.entry_kind for old in shown.olds] == ["sales", "receipts"]
    order(shown, actor=None, why="other receipts")
    look_now(division)
    assert sorted(entry["journal"] for entry in exact.entries(division.code)) == ["30", "70"]
    assert StoredClosing.objects.get().state == "exported"


def receipts_in(exact: SimulatedExact, division: Division) -> str:
    (found,) = (it["entry_id"] for it in exact.entries(division.code) if it["journal"] == "30")
    return str(found)


def test_other_entry__is_taken_out_after_a_crash_in_between(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose
) -> None:
    till, division = linked
    till.post("closings", tickets_beside_rate())
    reading(line_vat_amount="ignored")
    exact.control(
        "faults", resource="salesentry/SalesEntries", method="DELETE", division=division.code, fault="status_503"
    )
    work(division)
    sale = of(division, "sales")
    assert (sale.state, len(exact.entries(division.code))) == (PostingState.REMOVING, 1)
    Lane.objects.update(paused_until=None)
    work(division)
    sale.refresh_from_db()
    assert (sale.state, exact.entries(division.code)) == (PostingState.REFUSED, [])


def test_lines__that_could_not_be_read_are_compared_before_anything_else_goes(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose
) -> None:
    till, division = linked
    till.post("closings", cards_only())
    exact.control(
        "faults", resource="financialtransaction/TransactionLines", division=division.code, fault="status_503"
    )
    work(division)
    receipts = of(division, "receipts")
    assert receipts.state == PostingState.UNKNOWN
    assert receipts.events.last().reasons[0]["code"] == "entry_not_read"  # type: ignore[union-attr]


def test_entry__of_nothing_waits_until_its_lines_are_shown(
    linked: tuple[Caller, Division], exact: SimulatedExact, reading: Choose
) -> None:
    """Every sign turned comes to 0.00 as well: without its lines it is not taken for the one that was meant."""
    till, division = linked
    till.post("closings", cards_only())
    reading(cash_sign="receipt_negative")
    show_no_lines(exact, division, count=2)
    for state in (PostingState.UNKNOWN, PostingState.UNKNOWN, PostingState.REFUSED):
        look_now(division)
        assert of(division, "receipts").state == state
    assert codes(of(division, "receipts"))[-1] == "taken_out_again"


def test_entry__whose_lines_are_never_shown_is_a_person_s(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    """And what comes after it goes."""
    till, division = linked
    till.post("closings", cards_only())
    till.post("closings", closing(1043))
    show_no_lines(exact, division, count=None)
    for _look in range(LOOKS_AT_LINES_MAX + 1):
        look_now(division)
    first = Posting.objects.get(division=division, entry_kind="receipts", reference__startswith="Z1042")
    assert (first.state, codes(first)) == (PostingState.DIFFERS, ["lines_not_shown"])
    assert sorted(StoredClosing.objects.values_list("number", "state")) == [(1042, "failed"), (1043, "exported")]


def show_no_lines(exact: SimulatedExact, division: Division, *, count: int | None) -> None:
    exact.control(
        "faults",
        resource="financialtransaction/TransactionLines",
        division=division.code,
        fault="no_rows",
        method="GET",
        count=count,
    )


def look_now(division: Division) -> None:
    """What a worker does once it may look again."""
    Lane.objects.update(paused_until=None)
    Posting.objects.filter(state=PostingState.UNKNOWN).update(not_before=timezone.now())
    work(division)


@pytest.mark.parametrize(("document", "looks"), [(closing(), 0), (cards_only(), 1)], ids=["drawer", "cards"])
def test_sums__that_prove_the_entry_cost_no_look(
    linked: tuple[Caller, Division], exact: SimulatedExact, document: dict[str, Any], looks: int
) -> None:
    till, division = linked
    till.post("closings", document)
    exact.http.delete("/_control/calls", params={"division": division.code})
    work(division)
    assert StoredClosing.objects.get().state == "exported"
    assert calls(exact, division, "GET", "financialtransaction/TransactionLines") == looks


def test_differences__of_cents_that_cancel_between_two_codes_are_seen_in_the_lines(posted: Posting) -> None:
    entry = Entry.from_document(posted.entry)
    told = [("411000", "1400", ""), ("706000", "-1000", "VR"), ("707000", "-250", "VN")]
    vat = [("445712", "-100", "VR"), ("445711", "-50", "VN")]
    lines = [LedgerLine(account=it, amount=to_cents(amount), vat_code=code) for it, amount, code in told + vat]
    assert [(it.code, it.facts["vat_code"], it.facts["found"]) for it in differences(entry, lines)] == [
        ("vat_line_differs_in_exact", "VN", "-50.00"),
        ("vat_line_differs_in_exact", "VR", "-100.00"),
    ]
