"""Replacing an entry that stands in Exact: shown first, done once, whatever fails in between."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from booking.mapping import Overrides, SlotOverride, set_overrides
from exact.activation.switch import refresh_catalogue
from exact.books.reconcile import reconcile
from exact.models import Division, Finding, Lane, Posting, PostingState
from exports.models import ClosingState, ReplacementWay, StoredClosing
from exports.reposts.replace import CannotReplace, dry_run, order
from tenants.factories import SupportFactory
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, closing, work


@pytest.fixture(autouse=True)
def other_account(posted: Posting) -> None:
    """Since it was posted, 10 % goes to another account."""
    settings = Overrides(slots={2: SlotOverride(sales_account="707010")})
    set_overrides(StoredClosing.objects.get(pk=posted.closing_id).establishment, settings, actor=None)


def replaced(posting: Posting) -> Any:
    shown = dry_run(posting.pk)
    order(shown, actor=SupportFactory(), why="wrong account")
    Lane.objects.update(paused_until=None)
    work(posting.division)
    return shown


def sales(exact: SimulatedExact, division: Division) -> list[dict[str, Decimal]]:
    """Per sales entry in the books what each account got, in the order of their numbers."""
    return [sums(entry) for entry in exact.entries(division.code) if entry["journal"] == "70"]


def sums(entry: dict[str, Any]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in entry["lines"]:
        amount = Decimal(line["debit"]) - Decimal(line["credit"])
        found[line["account_code"]] = found.get(line["account_code"], Decimal()) + amount
    return found


NEW = {"411000", "707010", "707000", "445711", "445712"}


def test_dry_run__shows_both_and_changes_nothing(posted: Posting, exact: SimulatedExact) -> None:
    before = exact.entries(posted.division.code)
    shown = dry_run(posted.pk)
    assert shown.way is ReplacementWay.DELETE
    assert {line.account for line in shown.olds[0].held} >= {"411000", "706000", "707000"}
    assert {line.account for line in shown.entries[0].lines} == NEW
    assert exact.entries(posted.division.code) == before
    assert StoredClosing.objects.get().state == ClosingState.EXPORTED


def test_open_entry__is_deleted_and_posted_anew(posted: Posting, exact: SimulatedExact) -> None:
    replaced(posted)
    [entry] = sales(exact, posted.division)
    assert entry["707010"] == Decimal("-1000.00")
    assert "706000" not in entry
    posted.refresh_from_db()
    assert posted.state == PostingState.WITHDRAWN
    new = Posting.objects.get(entry_kind="sales", state=PostingState.POSTED)
    assert (new.revision, new.reference) == (2, posted.reference.replace(".01", ".02"))
    stored = StoredClosing.objects.get()
    assert stored.state == ClosingState.EXPORTED
    event = stored.events.get(why="wrong account")
    assert (event.before, event.after, event.actor is not None) == ("exported", "exporting", True)
    assert reconcile(posted.division) == 0


@pytest.mark.parametrize("fault", ["reset_after_commit", "reset_before", "status_503", "late_commit"])
def test_delete_without_an_answer__ends_in_one_entry(posted: Posting, exact: SimulatedExact, fault: str) -> None:
    options = {"hold": True} if fault == "late_commit" else {}
    exact.control(
        "faults",
        resource="salesentry/SalesEntries",
        method="DELETE",
        division=posted.division.code,
        fault=fault,
        **options,
    )
    replaced(posted)
    posted.refresh_from_db()
    assert posted.state == PostingState.REMOVING
    assert Lane.objects.get(division=posted.division).pause_code == "unavailable"
    exact.control("release")
    Lane.objects.update(paused_until=None)
    work(posted.division)
    [entry] = sales(exact, posted.division)
    assert entry["707010"] == Decimal("-1000.00")
    assert StoredClosing.objects.get().state == ClosingState.EXPORTED


def test_missing_entry__is_posted_again(posted: Posting, exact: SimulatedExact) -> None:
    Bookkeeper(exact, posted.division).delete(posted)
    reconcile(posted.division)
    assert replaced(posted).way is ReplacementWay.AGAIN
    assert len(sales(exact, posted.division)) == 1
    assert Finding.objects.get().settlement == "replaced"
    assert reconcile(posted.division) == 0


def test_doubled_entry__ends_as_one(posted: Posting, exact: SimulatedExact) -> None:
    Bookkeeper(exact, posted.division).copy(posted)
    reconcile(posted.division)
    assert len({line.entry_id for line in replaced(posted).olds[0].held}) == 2
    [entry] = sales(exact, posted.division)
    assert entry["707010"] == Decimal("-1000.00")
    assert reconcile(posted.division) == 0


def test_processed_entry__gets_a_reversal_and_a_new_one(posted: Posting, exact: SimulatedExact) -> None:
    process(exact, posted)
    shown = replaced(posted)
    assert shown.way is ReplacementWay.REVERSE
    old, reversal, new = sales(exact, posted.division)
    assert {account: -amount for account, amount in reversal.items()} == old
    assert new["707010"] == Decimal("-1000.00")
    posted.refresh_from_db()
    assert posted.state == PostingState.REVERSED
    assert StoredClosing.objects.get().state == ClosingState.EXPORTED
    assert reconcile(posted.division) == 0


def test_closed_period__is_corrected_today(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    march(exact, division, "closed")
    refresh_catalogue(division)
    shown = dry_run(posted.pk)
    assert shown.way is ReplacementWay.REVERSE
    reversal = shown.olds[0].reversal
    assert reversal is not None
    assert {reversal.date, *(entry.date for entry in shown.entries)} == {timezone.localdate()}
    assert shown.posting.business_date == date(2026, 3, 14)


def test_reversal_refused__keeps_the_new_entry_back(posted: Posting, exact: SimulatedExact) -> None:
    process(exact, posted)
    shown = dry_run(posted.pk)
    order(shown, actor=None, why="")
    march(exact, posted.division, "closed")
    work(posted.division)
    states = {*Posting.objects.filter(entry_kind="sales").values_list("state", flat=True)}
    assert states == {PostingState.POSTED, PostingState.REFUSED}
    assert StoredClosing.objects.get().state == ClosingState.FAILED
    assert len(sales(exact, posted.division)) == 1
    march(exact, posted.division, "open")
    replaced(posted)
    assert len(sales(exact, posted.division)) == 3
    assert StoredClosing.objects.get().state == ClosingState.EXPORTED


def test_changed_and_processed__is_left_to_the_bookkeeper(posted: Posting, exact: SimulatedExact) -> None:
    keeper = Bookkeeper(exact, posted.division)
    keeper.send("PUT", keeper.line(posted, 250), {"AmountFC": 240.0, "VATAmountFC": 49.99})
    process(exact, posted)
    with pytest.raises(CannotReplace, match="replace_changed_and_processed"):
        dry_run(posted.pk)


def test_order__twice_or_late_is_refused(posted: Posting, exact: SimulatedExact) -> None:
    shown = dry_run(posted.pk)
    order(shown, actor=None, why="")
    with pytest.raises(CannotReplace, match="replace_moved_on"):
        order(shown, actor=None, why="")
    work(posted.division)
    with pytest.raises(CannotReplace, match="replace_not_posted"):
        dry_run(posted.pk)
    assert len(sales(exact, posted.division)) == 1


def test_refusal__of_what_was_not_sent_yet_ends_no_replacement(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    """The sale is corrected today, as its month is closed; so the receipts of that day are refused meanwhile."""
    till, division = linked
    exact.turn_receipts_away(division)
    till.post("closings", closing(1043))
    work(division)
    sale = Posting.objects.get(reference__startswith="Z1043", entry_kind="sales")
    march(exact, division, "closed")
    refresh_catalogue(division)
    march(exact, division, "closed", journal="30")
    assert replaced(sale).way is ReplacementWay.REVERSE
    booked = {account: amount for account, amount in together(exact, division).items() if amount}
    assert (booked["707010"], booked["530000"]) == (Decimal("-1000.00"), Decimal("325.00"))
    assert booked.get("411000", Decimal()) == Decimal()
    assert StoredClosing.objects.get(number=1043).state == ClosingState.EXPORTED


def together(exact: SimulatedExact, division: Division) -> dict[str, Decimal]:
    """What the books hold of Z1043 on each account."""
    found: dict[str, Decimal] = {}
    for entry in exact.entries(division.code):
        if "Z1043" in str(entry):
            for account, amount in sums(entry).items():
                found[account] = found.get(account, Decimal()) + amount
    return found


def march(exact: SimulatedExact, division: Division, status: str, journal: str = "70") -> None:
    exact.control("periods", division=division.code, journal=journal, year=2026, period=3, status=status)


def process(exact: SimulatedExact, posting: Posting) -> None:
    exact.control("entries/status", division=posting.division.code, entry_id=str(posting.entry_id), status=50)
