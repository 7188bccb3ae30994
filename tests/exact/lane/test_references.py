"""The reference of a posting: made once, found again in whatever text Exact keeps it in."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exact.api.errors import OutcomeUnknown
from exact.api.resources import BANK, CASH, SALES
from exact.lane.postings import OUR_REFERENCE, FoundEntry, from_answer, reference_of, to_cents, turn_of
from ledger.entry import EntryKind

ID = UUID("019535d9-3df7-79fb-b466-fa907fa17f9e")
LETTERS = "WRTPVED7UF7Z"
SALE, RECEIPTS = EntryKind.SALES, EntryKind.RECEIPTS


@pytest.mark.parametrize(
    ("number", "kind", "journal", "revision", "reference"),
    [
        (1042, SALE, "70", 1, f"Z1042-{LETTERS}-V70.01"),
        (1042, RECEIPTS, "30", 1, f"Z1042-{LETTERS}-R30.01"),
        (1042, RECEIPTS, "CA", 1, f"Z1042-{LETTERS}-RCA.01"),
        (1042, SALE, "70", 2, f"Z1042-{LETTERS}-V70.02"),
        (1042, SALE, "70", 12, f"Z1042-{LETTERS}-V70.12"),
        (0, SALE, "70", 1, f"Z0-{LETTERS}-V70.01"),
        (9_999_999, SALE, "70", 1, f"Z9999999-{LETTERS}-V70.01"),
        # Longer numbers and journals lose their beginning: the letters tell closings apart.
        (10_000_000, SALE, "70", 1, f"Z0-{LETTERS}-V70.01"),
        (123_456_789, SALE, "70", 1, f"Z3456789-{LETTERS}-V70.01"),
        (1042, SALE, "12370", 1, f"Z1042-{LETTERS}-V370.01"),
    ],
)
def test_reference__is_short_and_found_again_in_any_text(
    number: int, kind: EntryKind, journal: str, revision: int, reference: str
) -> None:
    assert reference_of(ID, number, kind, journal, revision) == reference
    assert len(reference) <= 30
    for text in (reference, f"{reference} Espèces", f"extourne de {reference} (double)"):
        found = OUR_REFERENCE.search(text)
        assert found is not None
        assert found[0] == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z1042",
        f"Z1042-{LETTERS}",
        f"Z1042-{LETTERS}-V70",
        f"Z1042-{LETTERS}-V70.1",
        f"Z1042-{LETTERS}-X70.01",
        f"Z1042-{LETTERS}-V.01",
        f"Z1042-{LETTERS}-V1234.01",
        f"Z1042-{LETTERS.lower()}-V70.01",
        f"Z1042-{LETTERS[:-1]}-V70.01",
        f"Z1042-{LETTERS[:-1]}1-V70.01",
        f"ZA-{LETTERS}-V70.01",
    ],
)
def test_reference__is_not_seen_in_what_only_looks_like_one(text: str) -> None:
    assert OUR_REFERENCE.search(text) is None


def test_references__of_one_closing_are_no_parts_of_each_other() -> None:
    """Receipts are looked up by `substringof`: one that is part of another would find the other's entry."""
    made = {
        reference_of(ID, number, kind, journal, revision)
        for number in (1, 11, 1042)
        for kind in EntryKind
        for journal in ("3", "30", "130", "CA", "A")
        for revision in (1, 2, 11, 12)
    }
    assert len(made) == 3 * 2 * 5 * 4
    assert not [(one, other) for one in made for other in made if one != other and one in other]


def test_turn__sorts_by_day_then_moment_then_number_then_entry() -> None:
    day, evening = date(2026, 3, 14), datetime(2026, 3, 14, 23, 0, tzinfo=UTC)
    turns = [
        turn_of(day, evening, 9, ID, 0),
        turn_of(day, evening, 9, ID, 1),
        turn_of(day, evening, 10, ID, 0),
        turn_of(day, evening.replace(minute=1), 1, ID, 0),
        turn_of(date(2026, 3, 15), evening, 1, ID, 0),
        turn_of(date(2026, 10, 1), evening, 1, ID, 0),
    ]
    assert turns == sorted(turns)
    assert len({len(turn) for turn in turns}) == 1


def found(amount: str | None, vat: str | None = None) -> FoundEntry:
    return FoundEntry(
        entry_id="61f3",
        entry_number="42",
        amount=None if amount is None else Decimal(amount),
        vat=None if vat is None else Decimal(vat),
    )


@pytest.mark.parametrize(
    ("resource", "answer", "read"),
    [
        (SALES, {"AmountFC": 1400.0, "VATAmountFC": 150.0}, found("1400.00", "150.00")),
        (SALES, {"AmountFC": -12.1, "VATAmountFC": -1.1}, found("-12.10", "-1.10")),
        (SALES, {"AmountFC": 0, "VATAmountFC": 0}, found("0.00", "0.00")),
        (SALES, {"AmountFC": 1250.0000000000002, "VATAmountFC": 149.99999999999997}, found("1250.00", "150.00")),
        (SALES, {"AmountFC": None, "VATAmountFC": None}, found(None)),
        (SALES, {}, found(None)),
        (CASH, {"OpeningBalanceFC": 100.0, "ClosingBalanceFC": 425.5}, found("325.50")),
        (CASH, {"OpeningBalanceFC": 425.5, "ClosingBalanceFC": 100.0}, found("-325.50")),
        (BANK, {"OpeningBalanceFC": 0.0, "ClosingBalanceFC": 0.0}, found("0.00")),
        (BANK, {"OpeningBalanceFC": 0.1, "ClosingBalanceFC": 0.30000000000000004}, found("0.20")),
        (CASH, {"OpeningBalanceFC": None, "ClosingBalanceFC": 100.0}, found(None)),
        (CASH, {"OpeningBalanceFC": 100.0}, found(None)),
        # The sums of a sale say nothing of a cash entry.
        (CASH, {"AmountFC": 7.0, "VATAmountFC": 1.0}, found(None)),
    ],
)
def test_from_answer__reads_the_sums_to_the_cent(resource: str, answer: dict[str, Any], read: FoundEntry) -> None:
    assert from_answer(resource, {"EntryID": "61f3", "EntryNumber": 42, **answer}) == read


@pytest.mark.parametrize(
    "answer", [{}, {"EntryID": "61f3"}, {"EntryNumber": 42}, {"EntryID": "", "EntryNumber": 42}, {"EntryID": None}]
)
def test_from_answer__that_names_no_entry_is_unknown(answer: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        from_answer(SALES, answer)


@pytest.mark.parametrize(
    ("sent", "cents"),
    [
        (1, "1.00"),
        (0.1, "0.10"),
        (2.675, "2.68"),
        (-0.004, "-0.00"),
        ("12.3", "12.30"),
        (1e-9, "0.00"),
        (1e9, "1000000000.00"),
    ],
)
def test_to_cents__takes_the_noise_of_doubles_away(sent: object, cents: str) -> None:
    assert str(to_cents(sent)) == cents
