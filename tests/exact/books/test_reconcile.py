"""Comparing Exact's books with what was posted: what bookkeepers did there is found, told per line, and only once."""

from datetime import timedelta

import pytest

from exact.books.reconcile import accept_finding, look_at, reconcile
from exact.lane import lane
from exact.models import BookLine, Division, Finding, FindingKind, Posting, PostingState, Settlement
from exports.reposts.replace import dry_run, order
from exports.words.differences import in_words
from tenants.factories import SupportFactory
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, closing, work


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
    assert finding.details[0]["found"].startswith(str(posted.entry_number))
    assert {it["what"]: it["found"] for it in finding.details[1:]}["411000"] == "1412.00"


def test_lines__come_by_the_entrys_number_though_it_is_text(posted: Posting) -> None:
    reconcile(posted.division)
    first, second, third = [it.pk for it in BookLine.objects.filter(posting=posted)][:3]
    for number, key in (("100", first), ("9", second), ("10", third)):
        BookLine.objects.filter(pk=key).update(entry_number=number)
    lines = [*BookLine.objects.filter(pk__in=[first, second, third])]
    assert [line.entry_number for line in lines] == ["9", "10", "100"]
    posted.state = PostingState.WITHDRAWN  # whatever is there of it now is too much
    seen = look_at(posted, lines, ())
    assert seen is not None
    assert seen.details[0]["found"] == "9, 10, 100"


def test_doubled__under_the_reference_of_what_is_over(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    shown = dry_run(posted.pk)
    order(shown, actor=SupportFactory(), why="once more")
    work(division)
    posted.refresh_from_db()
    assert (posted.state, reconcile(division)) == (PostingState.WITHDRAWN, 0)
    standing = Posting.objects.get(division=division, entry_kind="sales", state=PostingState.POSTED)
    Bookkeeper(exact, division).copy(standing, reference=posted.reference)
    assert reconcile(division) == 1
    finding = Finding.objects.get()
    assert (finding.posting, finding.kind) == (posted, FindingKind.DOUBLED)
    assert {it["what"]: (it["meant"], it["found"]) for it in finding.details[1:]} == {
        "411000": ("0.00", "12.00"),
        "445711": ("0.00", "-2.00"),
        "707000": ("0.00", "-10.00"),
    }
    too_much = exact.entries(division.code)[-1]
    Bookkeeper(exact, division).send("DELETE", f"salesentry/SalesEntries(guid'{too_much['entry_id']}')")
    assert reconcile(division) == 0


def test_doubled__that_a_reversal_stands_beside_is_only_what_is_more_than_both(
    posted: Posting, exact: SimulatedExact
) -> None:
    division = posted.division
    exact.control("entries/status", division=division.code, entry_id=str(posted.entry_id), status=50)
    order(dry_run(posted.pk), actor=SupportFactory(), why="once more")
    work(division)
    posted.refresh_from_db()
    assert (posted.state, reconcile(division)) == (PostingState.REVERSED, 0)
    Bookkeeper(exact, division).copy(posted)
    assert reconcile(division) == 1
    assert Finding.objects.get().posting == posted


@pytest.mark.parametrize("kind", ["sales", "receipts"])
def test_doubled__under_a_reference_we_never_gave(posted: Posting, exact: SimulatedExact, kind: str) -> None:
    division = posted.division
    posting = Posting.objects.get(division=division, entry_kind=kind)
    never_given, keeper = posting.reference.replace(".01", ".07"), Bookkeeper(exact, division)
    if kind == "sales":
        keeper.copy(posting, reference=never_given)
    else:
        keeper.copy_receipts(posting, reference=never_given)
    assert reconcile(division) == 1
    finding = Finding.objects.get()
    assert (finding.posting, finding.kind) == (posting, FindingKind.DOUBLED)
    assert len(finding.details) > 1


def test_vat__that_went_to_another_code_is_told_by_code(
    linked: tuple[Caller, Division], exact: SimulatedExact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exact.books.reconcile.settle_time", timedelta)
    till, division = linked
    till.post("closings", closing())
    exact.control("readings", line_vat_amount="ignored")
    try:
        work(division)
    finally:
        exact.control("readings", line_vat_amount="any")
    assert Posting.objects.filter(division=division, state=PostingState.POSTED).count() == 2
    assert reconcile(division) == 1
    finding = Finding.objects.get()
    assert finding.kind == FindingKind.CHANGED
    assert finding.details == [
        {"what": "VAT VN", "meant": "-49.99", "found": "-50.00"},
        {"what": "VAT VR", "meant": "-100.01", "found": "-100.00"},
    ]
    assert in_words(finding.details[0]).startswith(("TVA VN", "VAT VN"))


def test_accepted__is_not_reported_again_until_it_changes(posted: Posting, exact: SimulatedExact) -> None:
    division = posted.division
    keeper = Bookkeeper(exact, division)
    address = keeper.line(posted, 250)
    keeper.send("PUT", address, {"AmountFC": 240.0, "VATAmountFC": 49.99})
    reconcile(division)
    user = SupportFactory()
    accept_finding(Finding.objects.get(), actor=user, why="agreed")
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
