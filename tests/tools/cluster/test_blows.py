"""The plan of a run with machines, and how the longest gap is found: what a run says must mean something."""

from tools.cluster.blows import Blow, planned
from tools.cluster.prober import Prober

EVERY_S = 60.0


def test_planned__is_the_same_for_a_seed_and_has_each_blow_before_any_comes_twice() -> None:
    plan, again = (
        [*planned("7", length_s=len(Blow) * EVERY_S, every_s=EVERY_S, without=frozenset())] for _time in range(2)
    )
    assert plan == again
    assert {it.blow for it in plan} == {*Blow} and len(plan) == len(Blow)
    assert all(it.lasts_s < EVERY_S for it in plan)


def test_planned__leaves_out_what_this_machine_cannot_do() -> None:
    without = frozenset({Blow.STEP_CLOCK})
    assert Blow.STEP_CLOCK not in {it.blow for it in planned("7", length_s=1200, every_s=60, without=without)}


def test_longest_gap__counts_what_came_before_the_first_and_after_the_last_write() -> None:
    prober = Prober("nobody", "postgresql://nobody@127.0.0.1:9/nowhere")
    prober.acknowledged = {1: 10.0, 2: 12.0, 3: 13.0, 4: 40.0}
    assert prober.longest_gap(11.0, 15.0) == 2.0
    assert prober.longest_gap(5.0, 15.0) == 5.0
    assert prober.longest_gap(14.0, 34.0) == 20.0
