"""What Exact holds of an entry is laid out without losing a cent, whatever a bookkeeper made of it."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from exact.books.difference import VAT, meant_by_account
from exports.words.money import euros
from ledger.book import book
from ledger.entry import Entry, EntryKind, LineRole
from ledger.files.takings import TakingsTally, sold_in
from ledger.money import ZERO, total
from on_demand.check.cells import Agreement, Cell
from on_demand.check.detail import Detail
from on_demand.check.placed import place
from on_demand.check.shown import rate_rows
from tests.ledger.given import LABEL
from tests.ledger.strategies import closings, complete_plans, money
from tests.tier import examples


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    made = book(draw(closings()), draw(complete_plans()), label=LABEL).entries
    assume(made)
    return draw(st.sampled_from(made))


def tally_of(entry: Entry) -> TakingsTally:
    tally = TakingsTally()
    tally.add(entry)
    return tally


@examples(25)
@given(entries(), st.integers(0, 3))
def test_place__of_an_entry_found_several_times_is_so_many_times_what_was_posted(entry: Entry, times: int) -> None:
    meant = meant_by_account(entry)
    assume(any(meant.values()))
    placed = place(entry, meant, {what: times * amount for what, amount in meant.items()})
    tally = tally_of(entry)
    assert placed.turnover == times * tally.turnover
    assert {rate: it for rate, it in placed.net.items() if it} == {
        it.rate: times * it.net for it in tally.rates() if times * it.net
    }
    assert {means: it for means, it in placed.means.items() if it} == {
        it.means: times * it.amount for it in tally.means() if times * it.amount
    }


@examples(25)
@given(entries(), st.dictionaries(st.sampled_from(["606000", "707020", "706010", "530000", VAT]), money(), max_size=3))
def test_place__keeps_the_sum_of_sales_whatever_was_changed(entry: Entry, changes: dict[str, Decimal]) -> None:
    assume(entry.kind is EntryKind.SALES)
    meant = meant_by_account(entry)
    found = defaultdict(lambda: ZERO, meant)
    for what, amount in changes.items():
        found[what] += amount
    assume(any(found.values()))
    sold_on = {VAT if line.role is LineRole.VAT else line.account for line in entry.lines if line.vat_rate is not None}
    assert place(entry, meant, found).turnover == -total(found[what] for what in sold_on)


@examples(25)
@given(entries())
def test_sold_in__a_document_is_what_a_tally_of_the_entry_has(entry: Entry) -> None:
    assert total(sold_in(entry.to_document()).values()) == tally_of(entry).turnover


def test_cell__stands_as_its_four_sides_say() -> None:
    def agreement(read: bool = True, **sides: str) -> Agreement:
        return Cell(**{name: Decimal(amount) for name, amount in sides.items()}).agreement(read=read)

    whole = {"tills": "100.00", "expected": "100.00", "entries": "100.00"}
    assert agreement(**whole, exact="100.00") is Agreement.AGREES
    assert agreement(**whole, exact="99.00") is Agreement.DIFFERS
    assert agreement(**whole, unread="100.00") is Agreement.WAITS
    assert agreement(read=False, **whole) is Agreement.UNREAD
    offered = {"tills": "100.00", "expected": "90.00", "exact": "90.00"}
    assert agreement(**offered, entries="90.00") is Agreement.EXPLAINED
    assert agreement(**offered, entries="80.00") is Agreement.DIFFERS


def test_rates__of_a_closing_booked_in_part_say_what_others_are_booked_for() -> None:
    detail, booked = Detail(), Decimal("60.00")
    cell = Cell(tills=Decimal("100.00"), offered=Decimal("10.00"), expected=booked, entries=booked, exact=booked)
    detail.rates[Decimal("20.00")].net = cell
    row = rate_rows(detail, read=True)[0]
    assert row.agreement is Agreement.EXPLAINED
    assert [it.amount for it in row.notes] == [euros(Decimal("-10.00")), euros(Decimal("-30.00"))]
    assert row.off == Decimal("-40.00")
