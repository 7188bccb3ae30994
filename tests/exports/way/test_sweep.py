"""What the sweep finds due."""

from exact.models import Division, Posting
from exports.way.sweep import due_divisions
from tests.conftest import Caller, closing


def test_due__a_division_is_named_once_however_many_postings_wait(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    for number in (1042, 1043):
        assert till.post("closings", closing(number)).status_code == 201
    assert Posting.objects.filter(division=division).count() == 4
    assert due_divisions() == [division.pk]
