"""No document within the limits costs much time: the work grows with the lines, and what is too long is not read."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest

from clyo_ingest.document import LINES_MAX, ClosingDocument, digest_of
from clyo_ingest.inbox import BODY_MAX
from clyo_ingest.sameness import differing, same_closing
from ledger.check import check_arrival, check_bookable, check_closing
from ledger.closing import Closing
from tests.clyo_ingest.given import pointers
from tests.conftest import Caller, closing

SALE = {"vat": 1, "rate": "20.00", "net": "1.00", "tax": "0.20", "gross": "1.20", "kind": "sale"}
ODD = {"net": "1.55"}
BOUND_CPU_S = 5  # of this thread's own work, ten times what it takes: the clock on the wall knows who else is busy


def sales(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [SALE | {"vat": 1 + place % 10, "family": f"F{place}"} | changes for place in range(count)]


def payments(count: int, kind: str) -> list[dict[str, Any]]:
    return [{"means": f"M{place}", "kind": kind, "amount": "1.20"} for place in range(count)]


def tickets(count: int) -> list[dict[str, Any]]:
    return [{"station": "1", "first": 3 * place, "last": 3 * place + 3, "count": 9} for place in range(count)]


def movements(count: int) -> dict[str, Any]:
    return {"movements": [{"kind": "expense", "amount": "1.00", "label": f"L{place}"} for place in range(count)]}


def receipts(count: int) -> list[dict[str, Any]]:
    return [{"kind": "settlement", "amount": "1.00", "label": f"L{place}"} for place in range(count)]


def offered(count: int, each: int = 10) -> list[dict[str, Any]]:
    return [it | {"sales": sales(each)} for it in payments(count // each, "offered")]


LISTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "sales": lambda count: {"sales": sales(count)},
    "sales that are wrong": lambda count: {"sales": sales(count, **ODD)},
    "payments": lambda count: {"payments": payments(count, "other")},
    "offered": lambda count: {"sales": sales(count), "payments": offered(count)},
    "receipts": lambda count: {"other_receipts": receipts(count)},
    "movements": lambda count: {"cash": movements(count)},
    "tickets": lambda count: {"tickets": tickets(count)},
}


def steps_of(work: Callable[[], object]) -> int:
    """How many instructions of Python's a piece of work takes, whatever the machine is doing beside it."""
    steps = 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def judged(document: dict[str, Any]) -> None:
    """All that is done with a closing's lines before the database is asked."""
    content = ClosingDocument.model_validate(document).canonical()
    facts = Closing.from_document(content)
    digest_of(content)
    check_closing(facts)
    check_bookable(facts)
    check_arrival(facts, received_at=datetime(2026, 3, 15, tzinfo=UTC))
    other = content | {"sales": content["sales"][::-1], "payments": [], "tickets": []}
    assert not same_closing(content, other)
    differing(content, other)


@pytest.mark.parametrize("lines", LISTS.values(), ids=LISTS)
def test_work__grows_with_the_lines_and_no_faster(lines: Callable[[int], dict[str, Any]]) -> None:
    few, many = (steps_of(lambda count=count: judged(closing() | lines(count))) for count in (50, 200))  # type: ignore[misc]
    assert few < many < 5 * few


TOO_LONG: dict[str, tuple[str, dict[str, Any]]] = {
    "sales": ("/sales", {"sales": [SALE] * 22_000}),
    "payments": ("/payments", {"payments": payments(30_000, "card")}),
    "receipts": ("/other_receipts", {"other_receipts": receipts(30_000)}),
    "movements": ("/cash/movements", {"cash": movements(30_000)}),
    "tickets": ("/tickets", {"tickets": tickets(25_000)}),
    "offered": ("/payments", {"payments": offered(14_000, each=100)}),
    "offered wrongly": ("/payments", {"payments": [{"sales": [{}] * 100}] * 500}),
    "empty payments": ("/payments", {"payments": [{}] * 400_000}),
}


@pytest.mark.parametrize(("pointer", "changes"), TOO_LONG.values(), ids=TOO_LONG)
def test_list__longer_than_any_tills_is_one_fault_and_is_not_read(
    till: Caller, pointer: str, changes: dict[str, Any]
) -> None:
    document = closing() | changes
    assert len(json.dumps(document)) < BODY_MAX
    answer = till.post("closings", document)
    assert (answer.status_code, pointers(answer)) == (422, {pointer: "too_long"})
    assert any(limit in answer.json()["errors"][0]["message"] for limit in ("200", "500"))


def test_longest_closing__is_taken_in_time(till: Caller) -> None:
    document = closing(tickets=tickets(200), cash=movements(LINES_MAX), other_receipts=receipts(LINES_MAX))
    document |= {"sales": sales(LINES_MAX, **ODD), "payments": payments(LINES_MAX, "other")}
    document |= {"signature": {"value": "x" * 1_500_000}, "unknown": [0] * 50_000}
    assert len(json.dumps(document)) < BODY_MAX
    begun = time.thread_time()
    assert till.post("closings", document).status_code == 201
    assert till.post("closings", document).status_code == 200
    assert till.post("closings", document | {"sales": []}).status_code == 409
    assert time.thread_time() - begun < BOUND_CPU_S
