"""What a person sends again is looked up first: adopted where Exact has it, and only else given up for a new one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.mapping import MeansOverride, Overrides, set_overrides
from exact.lane.lane import run_lane
from exact.lane.states import move
from exact.models import Division, Lane, Posting, PostingState
from exports.models import StoredClosing
from ledger.kinds import PaymentKind
from tests.bookkeeper import Bookkeeper
from tests.conftest import Caller, SimulatedExact, closing, work

SALES_ACCOUNTS = "$filter=Code eq '706000' or Code eq '707000'"
MARCH = {"year": 2026, "period": 3, "journal": "70"}


@pytest.fixture
def refused(linked: tuple[Caller, Division], exact: SimulatedExact) -> Posting:
    """A sale that Exact refused, its period being closed; the period is open again."""
    till, division = linked
    exact.control("periods", division=division.code, **MARCH, status="closed")
    assert till.post("closings", closing()).status_code == 201
    work(division)
    exact.control("periods", division=division.code, **MARCH, status="open")
    return Posting.objects.get(division=division, state=PostingState.REFUSED)


def seek(posting: Posting) -> list[str]:
    """A person sends it again. Returns the states it came to an end in, as those who wait for that were told."""
    move(posting, PostingState.SOUGHT)
    ends: list[str] = []
    run_lane(posting.division_id, holder="test", settled=lambda ended: ends.append(ended.state))
    posting.refresh_from_db()
    return ends


def stands(posting: Posting, exact: SimulatedExact, *, lines: list[dict[str, object]] | None = None) -> None:
    """An entry of the posting's reference is in Exact, as if that had been written after all."""
    keeper = Bookkeeper(exact, posting.division)
    accounts = {
        it["Code"].strip(): it["ID"] for it in keeper.get(f"financial/GLAccounts?$select=ID,Code&{SALES_ACCOUNTS}")
    }
    [customer] = keeper.get("crm/Accounts?$select=ID&$filter=trim(Code) eq '0000002'")
    sent = lines or [
        {"GLAccount": accounts["706000"], "AmountFC": 1000.0, "VATCode": "VR", "VATAmountFC": 100.01},
        {"GLAccount": accounts["707000"], "AmountFC": 250.0, "VATCode": "VN", "VATAmountFC": 49.99},
    ]
    keeper.send(
        "POST",
        "salesentry/SalesEntries",
        {
            "Journal": "70",
            "Customer": customer["ID"],
            "EntryDate": "2026-03-14",
            "YourRef": posting.reference,
            "PaymentCondition": "00",
            "SalesEntryLines": sent,
        },
    )


def test_sought__is_on_its_way_again_for_who_looks_at_the_closing(refused: Posting) -> None:
    move(refused, PostingState.SOUGHT)
    stored = StoredClosing.objects.get()
    assert stored.state == "exporting"
    event = stored.events.get(after="exporting")
    assert (event.before, event.why) == ("failed", "")


def test_sought__not_there_makes_room_at_once(refused: Posting, exact: SimulatedExact) -> None:
    assert seek(refused) == ["withdrawn"]
    assert refused.state == PostingState.WITHDRAWN


def test_sought__found_is_adopted_and_not_sent(refused: Posting, exact: SimulatedExact) -> None:
    stands(refused, exact)
    assert seek(refused)[0] == "posted"
    assert (refused.state, refused.messages) == (PostingState.POSTED, [])
    assert StoredClosing.objects.get().state == "exported"
    assert len(exact.entries(refused.division.code)) == 2


def test_sought__found_twice_is_told(refused: Posting, exact: SimulatedExact) -> None:
    stands(refused, exact)
    stands(refused, exact)
    assert seek(refused) == ["differs"]
    assert [it["code"] for it in refused.problems] == ["doubled_in_exact"]
    assert StoredClosing.objects.get().state == "failed"


def test_sought__is_looked_up_again_when_exact_did_not_answer(refused: Posting, exact: SimulatedExact) -> None:
    stands(refused, exact)
    exact.control(
        "faults", resource="salesentry/SalesEntries", method="GET", division=refused.division.code, fault="status_503"
    )
    assert seek(refused) == []
    assert refused.state == PostingState.SOUGHT
    Lane.objects.update(paused_until=None)
    work(refused.division)
    refused.refresh_from_db()
    assert refused.state == PostingState.POSTED


def test_sought__waits_as_long_as_something_may_be_in_flight(refused: Posting) -> None:
    Posting.objects.filter(pk=refused.pk).update(not_before=timezone.now() + timedelta(minutes=1))
    refused.refresh_from_db()
    assert seek(refused) == []
    assert refused.state == PostingState.SOUGHT
    assert Lane.objects.get(division=refused.division).pause_code == "settling"


def test_sought__of_a_journal_that_exact_no_longer_lists_is_found_where_it_stands(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    cards = Overrides(means_by_kind={PaymentKind.CARD: MeansOverride(account="511500", journal="51")})
    set_overrides(till.till.establishment, cards, actor=None)
    till.post("closings", closing())
    fault = {"resource": "financialtransaction/BankEntries", "method": "POST", "fault": "refusal_after_commit"}
    exact.control("faults", division=division.code, **fault)
    work(division)
    bank = Posting.objects.get(division=division, state=PostingState.REFUSED)
    assert bank.journal == "51"
    division.catalogue.filter(code="51").delete()
    assert seek(bank)[0] == "posted"
    assert len(exact.entries(division.code)) == 3
