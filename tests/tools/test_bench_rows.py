"""Rows that the bench makes in SQL fit the tables as they are today."""

from collections import Counter

from exact.models import Division, Posting
from exports.models import StoredClosing
from tests.conftest import Caller, closing, work
from tools.bench.rows import stored_closings, waiting_closings


def test_copies__stand_beside_the_closing_they_are_made_of(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    till.post("closings", closing())
    work(division)
    waiting_closings(division, 3)
    stored_closings(0, 4)
    assert Counter(StoredClosing.objects.values_list("state", flat=True)) == {"exported": 5, "ready": 3}
    assert Counter(Posting.objects.values_list("state", flat=True)) == {"posted": 10, "pending": 6}
