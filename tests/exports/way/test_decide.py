"""The one decision, row by row: held, waiting, archived, complete or ready, and for which problems."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
import time_machine

from booking.models import Mapping
from exact.models import CatalogueItem, Division
from exports.coverage.judge import Counts, Disputed, NotBooked, Verdict
from exports.models import ClosingState, StoredClosing
from exports.way.decide import (
    STATES,
    Archived,
    Complete,
    Decision,
    Held,
    Look,
    Ready,
    Waiting,
    decide,
    decide_for_file,
)
from exports.way.prepare import Destination
from ledger.closing import Closing
from ledger.entry import Entry
from ledger.problem import Problem
from tenants.models import Establishment
from tests.conftest import PARAMETERS, closing
from tests.exact.known import ACCOUNT, JOURNAL, PARTY, PERIOD, VAT, Known, item

DAY = date(2026, 3, 14)
OTHERS_TELL_IT = Problem(code="checked_against", blocking=False)
DISPUTE = Problem(code="tickets_overlap")
MASTER_DATA = (
    *(item(ACCOUNT, code) for code in ("706000", "707000", "511500", "511800", "426100")),
    item(ACCOUNT, "411000", Type=20),
    item(ACCOUNT, "530000", Type=10),
    item(VAT, "VN", Percentage=0.2),
    item(VAT, "VR", Percentage=0.1),
    item(JOURNAL, "70"),
    item(JOURNAL, "30", Type=10),
    item(PARTY, "0000002"),
    item(PERIOD, "2026/3"),
)
NEGATIVE = {"sales": [{"vat": 1, "rate": "20.00", "net": "-10.00", "tax": "-2.00", "gross": "-12.00", "kind": "sale"}]}
VAT_ALONE = {
    "sales": [{"vat": 1, "rate": "20.00", "net": "0.00", "tax": "0.01", "gross": "0.01", "kind": "sale"}],
    "other_receipts": [],
    "payments": [{"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "0.01", "count": 1}],
}
NOTHING = {"sales": [], "other_receipts": [], "payments": []}


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-03-20T09:00:00+01:00", tick=False):
        yield


@dataclass(frozen=True, slots=True)
class Given:
    """A closing and where it goes; what is not said is as usual: it counts, nothing stands, the export is on."""

    changes: dict[str, Any]
    verdict: Verdict | None = None
    standing: tuple[Entry, ...] = ()
    books: frozenset[int] = frozenset()
    found: tuple[Problem, ...] = ()
    accepted: tuple[str, ...] = ()
    on: bool = True
    broken: tuple[Problem, ...] = ()
    parameters: dict[str, Any] | None = None
    others: tuple[CatalogueItem, ...] = ()
    start: date | None = None
    reviewed: bool = False

    def look(self) -> Look:
        document = closing(**({"totals": None, "cash": None} | self.changes))
        read = Closing.from_document(document)
        stored = StoredClosing(
            establishment=Establishment(code="PARIS01"),
            number=read.number,
            business_date=read.business_date,
            document=document,
            accepted_problems=[*self.accepted],
        )
        verdict = None if read.training else self.verdict or Counts(closing=read)
        return Look(
            stored=stored, closing=read, found=self.found, verdict=verdict, standing=self.standing, books=self.books
        )

    def destination(self) -> Destination:
        return Destination(
            mapping=Mapping(parameters=PARAMETERS if self.parameters is None else self.parameters),
            division=Division(pk=1, code=7001, journal_accounts={}),
            is_on=self.on,
            problems=self.broken,
            catalogue=Known([*MASTER_DATA, *self.others]),
            books_from=self.start,
            reviewed=self.reviewed,
        )

    def decided(self) -> Decision:
        return decide(self.look(), self.destination())


def blocking(decision: Decision) -> list[str]:
    return [problem.code for problem in decision.problems if problem.blocking]


ODD = Problem(code="perpetual_break")
GRAVE = Problem(code="sequence_gap_of_ours")
BROKEN = Problem(code="third_party_unknown")
ROWS: list[tuple[str, Given, type[Decision], list[str]]] = [
    ("a good one", Given({}), Ready, []),
    ("the export is off", Given({}, on=False), Waiting, []),
    ("a training", Given({"training": True}), Archived, []),
    ("a training that is wrong, and off", Given({"training": True} | NEGATIVE, on=False), Archived, []),
    ("others tell it", Given({}, verdict=NotBooked((OTHERS_TELL_IT,))), Archived, []),
    ("a person must say", Given({}, verdict=Disputed(problems=(DISPUTE,))), Held, ["tickets_overlap"]),
    ("a person must say, and it is off", Given({}, Disputed(problems=(DISPUTE,)), on=False), Held, ["tickets_overlap"]),
    ("nothing in it", Given(NOTHING), Archived, []),
    ("nothing in it, and off", Given(NOTHING, on=False), Archived, []),
    ("odd beside its neighbours", Given({}, found=(ODD,)), Held, ["perpetual_break"]),
    ("odd, and waved through", Given({}, found=(ODD,), accepted=("perpetual_break",)), Ready, ["perpetual_break"]),
    ("what nobody may wave through", Given({}, found=(GRAVE,), accepted=(GRAVE.code,)), Held, [GRAVE.code]),
    ("odd, and off", Given({}, found=(ODD,), on=False), Held, ["perpetual_break"]),
    ("in other money", Given({"currency": "CHF"}), Held, ["currency"]),
    ("in other money, waved through", Given({"currency": "CHF"}, accepted=("currency",)), Held, ["currency"]),
    (
        "a day to come",
        Given(
            {"business_date": "2026-03-21", "closed_at": "2026-03-21T23:00:00+01:00"},
            found=(Problem(code="business_date_future"),),
        ),
        Held,
        ["business_date_future"],
    ),
    (
        "a day to come, waved through",
        Given(
            {"business_date": "2026-03-21", "closed_at": "2026-03-21T23:00:00+01:00"},
            found=(Problem(code="business_date_future"),),
            accepted=("business_date_future",),
        ),
        Held,
        ["business_date_future"],
    ),
    (
        "a slot the plan lacks",
        Given({}, parameters=PARAMETERS | {"vat": PARAMETERS["vat"][:1]}),
        Held,
        ["slot_unmapped"],
    ),
    (
        "a slot the plan lacks, and off",
        Given({}, on=False, parameters=PARAMETERS | {"vat": PARAMETERS["vat"][:1]}),
        Waiting,
        [],
    ),
    ("VAT without a line", Given(VAT_ALONE), Held, ["vat_without_net"]),
    ("settings have broken", Given({}, broken=(BROKEN,)), Held, ["third_party_unknown"]),
    (
        "Exact would refuse it",
        Given({}, others=(item(VAT, "VR", Percentage=0.1, IsBlocked=True),)),
        Held,
        ["vat_code_blocked"],
    ),
    ("the books of another company", Given({}, books=frozenset({2})), Held, ["standing_in_other_company"]),
    ("the books of the same company", Given({}, books=frozenset({1})), Ready, []),
    ("the first day", Given({}, start=date(2026, 3, 14)), Ready, []),
    ("before the first day", Given({}, start=date(2026, 3, 15)), Archived, []),
    ("before the first day, and off", Given({}, start=date(2026, 3, 15), on=False), Archived, []),
    ("before the first day, and odd", Given({}, found=(ODD,), start=date(2026, 3, 15)), Archived, ["perpetual_break"]),
    (
        "before the first day, and in dispute",
        Given({}, Disputed(problems=(DISPUTE,)), start=date(2026, 3, 15)),
        Archived,
        ["tickets_overlap"],
    ),
    ("to be reviewed", Given({}, reviewed=True), Held, ["first_review"]),
    ("to be reviewed, and off", Given({}, reviewed=True, on=False), Waiting, []),
    ("to be reviewed, with nothing in it", Given(NOTHING, reviewed=True), Archived, []),
    ("reviewed", Given({}, reviewed=True, accepted=("first_review",)), Ready, []),
    ("to be reviewed, and odd", Given({}, reviewed=True, found=(ODD,)), Held, ["perpetual_break"]),
]


@pytest.mark.parametrize(("given", "becomes", "problems"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_decide(given: Given, becomes: type[Decision], problems: list[str]) -> None:
    decision = given.decided()
    assert type(decision) is becomes
    assert blocking(decision) == problems


FOR_A_FILE: list[tuple[str, type[Decision]]] = [
    ("a good one", Ready),
    ("the export is off", Ready),
    ("a training", Archived),
    ("others tell it", Archived),
    ("a person must say", Held),
    ("nothing in it", Archived),
    ("odd beside its neighbours", Held),
    ("odd, and waved through", Ready),
    ("a slot the plan lacks, and off", Held),
    ("VAT without a line", Ready),
    ("settings have broken", Ready),
    ("Exact would refuse it", Ready),
    ("the books of another company", Ready),
    ("before the first day", Ready),
    ("before the first day, and in dispute", Held),
    ("to be reviewed", Ready),
]


@pytest.mark.parametrize(("name", "becomes"), FOR_A_FILE)
def test_decide_for_file__asks_nothing_of_exact(name: str, becomes: type[Decision]) -> None:
    given = next(row[1] for row in ROWS if row[0] == name)
    assert type(decide_for_file(given.look(), given.destination())) is becomes


def test_decide__what_stands_is_complete_and_counts_whatever_is_said_of_it_now() -> None:
    ready = Given({}).decided()
    assert isinstance(ready, Ready)
    kinds = [entry.kind.value for entry in ready.entries]
    assert kinds == ["sales", "receipts"]
    stands = Given({}, standing=ready.entries)
    assert type(stands.decided()) is Complete
    assert type(replace(stands, verdict=NotBooked((OTHERS_TELL_IT,))).decided()) is Complete
    assert type(replace(stands, verdict=Disputed(problems=(DISPUTE,))).decided()) is Complete
    assert type(replace(stands, start=date(2026, 3, 15), reviewed=True).decided()) is Complete
    rest = replace(stands, standing=ready.entries[:1]).decided()
    assert isinstance(rest, Ready)
    assert rest.entries == ready.entries[1:]


def test_decide__of_one_that_exact_would_refuse_shows_its_entries_and_each_problem_once() -> None:
    blocked = (item(VAT, "VR", Percentage=0.1, IsBlocked=True),)
    refused = Given({}, others=blocked).decided()
    assert isinstance(refused, Held)
    assert len(refused.entries) == 2
    (problem,) = [it for it in refused.problems if it.blocking]
    known = Given({}, others=blocked, broken=(problem,)).decided()
    assert [it for it in known.problems if it.blocking] == [problem]


def test_decide__of_a_part_books_the_part() -> None:
    whole = Given({}).look()
    part = Given(
        {
            "sales": whole.stored.document["sales"][:1],
            "other_receipts": [],
            "payments": [{"means": "ESP", "label": "Espèces", "kind": "cash", "amount": "1100.01", "count": 1}],
        }
    )
    left = replace(whole, verdict=Counts(closing=part.look().closing))
    decision, of_part = decide(left, Given({}).destination()), part.decided()
    assert isinstance(decision, Ready)
    assert isinstance(of_part, Ready)
    assert decision.entries == of_part.entries


def test_decide__tells_once_what_was_found_before() -> None:
    first = decide_for_file(Given(VAT_ALONE).look(), Given({}).destination())
    again = decide_for_file(Given(VAT_ALONE, found=first.problems).look(), Given({}).destination())
    assert [problem.code for problem in again.problems] == ["vat_without_net"]


@pytest.mark.parametrize(
    ("name", "why"),
    [("a training", "run_training"), ("others tell it", "checked_against"), ("nothing in it", "run_nothing_to_book")],
)
def test_archived__says_why(name: str, why: str) -> None:
    given = next(row[1] for row in ROWS if row[0] == name)
    for decision in (given.decided(), decide_for_file(given.look(), given.destination())):
        assert isinstance(decision, Archived)
        assert decision.why.code == why


def test_held__says_why() -> None:
    with pytest.raises(AssertionError):
        Held(problems=(Problem(code="turnover_total", blocking=False),))


def test_states__are_one_for_each_decision() -> None:
    assert [STATES[it] for it in (Held, Waiting, Archived, Complete, Ready)] == [
        ClosingState.HELD,
        ClosingState.WAITING,
        ClosingState.ARCHIVED,
        ClosingState.EXPORTED,
        ClosingState.READY,
    ]
