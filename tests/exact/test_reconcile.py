"""Comparing Exact's books with what was posted: what bookkeepers did there is found, told per line, and only once."""

import pytest

from exact import lane
from exact.models import BookLine, Division, Finding, FindingKind, Posting, Settlement
from exact.reconcile import accept_finding, reconcile
from tenants.factories import SupportFactory
from tests.conftest import SimulatedExact
from tests.exact.bookkeeper import Bookkeeper


def test_unchanged__finds_nothing_and_reads_on_from_there(posted: Posting) -> None:
    division = posted.division
    assert reconcile(division) == 0
    read = division.lines_timestamp
    assert read > 1
    assert {line.posting.entry_kind for line in BookLine.objects.filter(division=division)} == {"sales", "receipts"}
    assert reconcile(division) == 0
    assert division.lines_timestamp == read


def test_deleted_in_exact__is_missing(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    reconcile(division)
    Bookkeeper(exact, division).delete(posted)
    assert reconcile(division) == 1
    finding = Finding.objects.get()
    assert (finding.posting, finding.kind) == (posted, FindingKind.MISSING)
    assert reconcile(division) == 1
    assert Finding.objects.count() == 1


def test_amount_changed__is_told_per_account(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    keeper = Bookkeeper(exact, division)
    address = keeper.line(posted, 250)
    keeper.send("PUT", address, {"AmountFC": 240.0, "VATAmountFC": 49.99})
    assert reconcile(division) == 1
    finding = Finding.objects.get()
    assert finding.kind == FindingKind.CHANGED
    assert finding.details == [
        {"what": "411000", "meant": "1400.00", "found": "1390.00"},
        {"what": "707000", "meant": "-250.00", "found": "-240.00"},
    ]
    keeper.send("PUT", address, {"AmountFC": 250.0, "VATAmountFC": 49.99})
    assert reconcile(division) == 0
    finding.refresh_from_db()
    assert finding.settlement == Settlement.GONE


def test_copied_by_hand__is_doubled(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    Bookkeeper(exact, division).copy(posted)
    assert reconcile(division) == 1
    [finding] = Finding.objects.all()
    assert finding.kind == FindingKind.DOUBLED
    assert finding.details[0]["found"].startswith(str(posted.exact_entry_number))


def test_accepted__is_not_reported_again_until_it_changes(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    keeper = Bookkeeper(exact, division)
    address = keeper.line(posted, 250)
    keeper.send("PUT", address, {"AmountFC": 240.0, "VATAmountFC": 49.99})
    reconcile(division)
    user = SupportFactory()
    accept_finding(Finding.objects.get(), actor=user)
    keeper.send("PUT", address, {"Description": "relu"})
    assert reconcile(division) == 0
    keeper.send("PUT", address, {"AmountFC": 230.0, "VATAmountFC": 49.99})
    assert reconcile(division) == 1
    assert Finding.objects.get(settlement=Settlement.ACCEPTED).settled_by == user


def test_interrupted__goes_on_where_it_stopped(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    exact.control("faults", resource="sync/Deleted", division=division.code, fault="status_503")
    with pytest.raises(lane.Unavailable):
        reconcile(division)
    read = Division.objects.get(pk=division.pk)
    assert read.lines_timestamp > 1
    assert read.reconciled_at is None
    assert reconcile(read) == 0
