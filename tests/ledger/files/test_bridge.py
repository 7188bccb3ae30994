"""The way from what tills say to what is booked holds to the cent, whatever the closing and whatever the plan."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.book import book
from ledger.closing import Closing
from ledger.files.bridge import Bridge, BridgeTally, Step, Told
from ledger.files.takings import TakingsTally
from ledger.money import ZERO, total
from ledger.plan import BookingPlan
from tests.ledger.given import LABEL
from tests.ledger.strategies import closings, complete_plans
from tests.tier import examples


def told(closing: Closing, **more: Closing) -> Told:
    return Told.of(closing.turnover, closing.offered, **more)


def bridge_of(closing: Closing, plan: BookingPlan) -> Bridge:
    takings, tally = TakingsTally(), BridgeTally()
    takings.add_all(book(closing, plan, label=LABEL).entries)
    tally.take(told(closing))
    return tally.bridge(takings)


@examples(25)
@given(closings(), complete_plans())
def test_bridge__of_a_booked_closing_explains_every_cent(closing: Closing, plan: BookingPlan) -> None:
    bridge = bridge_of(closing, plan)
    assert bridge.explained
    assert bridge.tills + total(it.amount for it in bridge.steps) == bridge.booked
    assert {it.step for it in bridge.steps} <= {Step.OFFERED}
    assert bridge.unpaid == ZERO
    assert Bridge.from_document(bridge.to_document()) == bridge


@examples(25)
@given(closings(), st.sampled_from([Step.HELD, Step.WAITING, Step.REFUSED, Step.EARLIER]))
def test_bridge__of_a_closing_that_is_left_ends_at_nothing_booked(closing: Closing, why: Step) -> None:
    tally = BridgeTally()
    tally.leave(closing.turnover, why)
    bridge = tally.bridge(TakingsTally())
    assert (bridge.booked, bridge.explained) == (ZERO, True)
    assert [(it.step, it.amount) for it in bridge.steps] == ([(why, -closing.turnover)] if closing.turnover else [])


@examples(25)
@given(closings())
def test_told__of_a_closing_booked_in_part_counts_the_other_part_elsewhere(closing: Closing) -> None:
    offered = [it for it in closing.payments if it.takes_sales_out]
    part = replace(closing, sales=closing.sales[:1], payments=tuple(offered[:1]))
    told_of_part = told(closing, booked=part)
    assert told_of_part.gross - told_of_part.offered - told_of_part.elsewhere == part.turnover - part.offered


def test_bridge__what_nothing_explains_is_named_so() -> None:
    tally = BridgeTally()
    tally.take(Told(gross=Decimal("100.00")))
    bridge = tally.bridge(TakingsTally())
    assert not bridge.explained
    assert [(it.step, it.amount) for it in bridge.steps] == [(Step.OTHER, Decimal("-100.00"))]
