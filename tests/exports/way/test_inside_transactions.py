"""What is one half of something refuses to run by itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from exports.coverage.rows import lock_shop
from exports.way.accept import accept
from exports.way.carry_out import go_on
from exports.way.ended_postings import settle
from exports.way.locked_till import lock_till
from on_demand.delivered import note_delivered
from on_demand.validated import note_validated

ANYTHING: Any = None  # it is not looked at before


@pytest.mark.parametrize(
    "act",
    [
        lambda: lock_till(1),
        lambda: lock_till(1, whole_shop=True),
        lambda: lock_shop(UUID(int=1)),
        lambda: accept(
            closing_id=ANYTHING,
            till=ANYTHING,
            closing=ANYTHING,
            document={},
            found=[],
            verdict=None,
            received_at=ANYTHING,
        ),
        lambda: go_on(ANYTHING, actor=None, why=""),
        lambda: settle(ANYTHING),
        lambda: note_delivered(ANYTHING),
        lambda: note_validated(ANYTHING, ANYTHING, []),
    ],
)
def test_act__runs_only_inside_a_transaction(act: Callable[[], object]) -> None:
    with pytest.raises(AssertionError, match="inside a transaction"):
        act()
