from datetime import date

import pytest

from ledger import texts


@pytest.mark.parametrize("text", ["2000-01-01", "2026-03-14", "2100-12-31"])
def test_day__as_it_is_written(text: str) -> None:
    assert texts.day(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    ["", "20260314", "2026-W11-6", "2026-3-14", "2026-03-14\n", "2026-02-30", "٢٠٢٦-٠٣-١٤", "1999-12-31", "2101-01-01"],
)
def test_day__that_is_none_or_too_far_away(text: str) -> None:
    with pytest.raises(ValueError):  # Python has a word of its own for each
        texts.day(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), (str(2**63 - 1), 2**63 - 1), (str(2**63), None), ("9" * 4400, None)],
)
def test_whole__what_a_row_can_hold(text: str, number: int | None) -> None:
    assert texts.whole(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1 ", "٣", "²", "1_000", "0x1"])
def test_whole__ascii_digits_alone(text: str) -> None:
    assert texts.whole(text) is None


def test_unusable__what_no_row_holds_and_nobody_reads() -> None:
    assert [texts.unusable_in(f"a{it}b") for it in "\0\x1b\x7f\x85\ud800"] == [*"\0\x1b\x7f\x85\ud800"]
    assert [texts.unusable_in(it) for it in ("", "Crêpes 🥞", "a\xa0b", "سعر")] == [None] * 4
    assert (texts.unusable_in("a\tb\r\n"), texts.unusable_in("a\tb\r\n\0", lines=True)) == ("\t", "\0")
    assert texts.unusable_in("a\tb\r\n", lines=True) is None


def test_without_unusable__keeps_what_can_be_asked_for() -> None:
    assert texts.without_unusable("Le\0 Zinc\ud800\n\x1b") == "Le Zinc\n"
