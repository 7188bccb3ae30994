"""EcritureNum: continuous per journal, and once given never another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.files.numbering import EntryNumber, number_entries, same_entries


def test_number_entries__each_journal_counts_from_one() -> None:
    numbers = number_entries([("a", "VE"), ("b", "CA"), ("c", "VE")], kept={}, last={})
    assert [str(numbers[key]) for key in "abc"] == ["VE000001", "CA000001", "VE000002"]


def test_number_entries__re_export_keeps_and_late_ones_go_on() -> None:
    kept = {"march": EntryNumber("VE", 200)}
    numbers = number_entries([("january", "VE"), ("march", "VE")], kept=kept, last={"VE": 200})
    assert numbers == {"january": EntryNumber("VE", 201), "march": EntryNumber("VE", 200)}


def test_number_entries__a_renamed_journal_keeps_the_old_number() -> None:
    numbers = number_entries([("a", "VT")], kept={"a": EntryNumber("VE", 7)}, last={"VE": 7})
    assert str(numbers["a"]) == "VE000007"


def test_number_entries__refuses_to_give_a_number_twice() -> None:
    with pytest.raises(ValueError, match="VE000007"):
        number_entries([("b", "VE")], kept={"a": EntryNumber("VE", 7)}, last={"VE": 6})


def test_number_entries__refuses_an_entry_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        number_entries([("a", "VE"), ("a", "CA")], kept={}, last={})


@given(st.lists(st.tuples(st.integers(), st.sampled_from(["VE", "CA"])), unique_by=lambda it: it[0]), st.data())
def test_number_entries__in_parts_or_at_once_leaves_no_gap(entries: list[tuple[int, str]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(entries)))
    first = number_entries(entries[:cut], kept={}, last={})
    last = {journal: sum(1 for it in first.values() if it.journal == journal) for journal in ("VE", "CA")}
    both = number_entries(entries, kept=first, last=last)
    assert both == number_entries(entries, kept={}, last={})
    for journal in ("VE", "CA"):
        sequences = sorted(it.sequence for it in both.values() if it.journal == journal)
        assert sequences == list(range(1, len(sequences) + 1))


@pytest.mark.parametrize(
    ("now", "numbered", "same"),
    [
        (["s70", "r30"], ["s70", "r30"], {"s70": "s70", "r30": "r30"}),
        (["s71", "r30"], ["s70", "r30"], {"s71": "s70", "r30": "r30"}),
        (["s70", "r21", "r30"], ["s70", "r20", "r30"], {"s70": "s70", "r21": "r20", "r30": "r30"}),
        (["s70", "r20", "r30"], ["s70", "r30"], {"s70": "s70", "r30": "r30"}),
        (["r30"], ["s70"], {}),
    ],
)
def test_same_entries__keeps_its_journal_or_takes_the_place_of_one_left(
    now: list[str], numbered: list[str], same: dict[str, str]
) -> None:
    def keys(names: list[str]) -> list[tuple[str, str]]:
        return [(name[0], name[1:]) for name in names]

    found = same_entries(keys(now), keys(numbered))
    assert {"".join(entry): "".join(before) for entry, before in found.items()} == same
