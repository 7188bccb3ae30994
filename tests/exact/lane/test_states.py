"""The moves of a posting: what the code allows is what the database allows, and nothing else. History stays."""

import itertools
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from exact.models import MOVES, Division, Posting, PostingState
from tests.conftest import Caller, closing


@pytest.fixture
def posting(linked: tuple[Caller, Division]) -> Posting:
    """A posting that satisfies every constraint of every state, so that only the move itself can be refused."""
    till, division = linked
    till.post("closings", closing())
    row = Posting.objects.filter(division=division, entry_kind="sales").get()
    now = timezone.now()
    Posting.objects.filter(pk=row.pk).update(entry_id=str(uuid.uuid4()), posted_at=now, sending_since=now)
    return row


def test_moves__of_the_database_are_those_of_the_code(posting: Posting) -> None:
    made = set()
    for before, after in itertools.permutations(PostingState, 2):
        copy = copied_into(posting, before)
        try:
            with transaction.atomic():
                Posting.objects.filter(pk=copy.pk).update(state=after)
        except IntegrityError:
            continue
        made.add((before, after))
    assert made == {(before, after) for before, afters in MOVES.items() for after in afters}


def copied_into(posting: Posting, state: PostingState) -> Posting:
    """A copy of the posting that begins in a state, whatever the moves are: the guard looks at updates."""
    Posting.objects.filter(reference="COPY").delete()
    copy = Posting.objects.get(pk=posting.pk)
    copy.pk, copy.reference, copy.revision, copy.state = uuid.uuid4(), "COPY", 2, state
    copy.save(force_insert=True)
    return copy


@pytest.mark.parametrize("table", ["booking_mappingevent", "exact_activationevent", "exact_postingevent"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_history__is_only_added_to(posted: Posting, table: str, sql: str) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
            cursor.execute(sql.format(table))
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() > (0,)


@pytest.mark.parametrize("name", ["entry_id", "entry_number"])
def test_entry__is_named_or_has_no_name_yet(posting: Posting, name: str) -> None:
    with pytest.raises(IntegrityError, match="exact_posting_entry_named"), transaction.atomic():
        Posting.objects.filter(pk=posting.pk).update(**{name: ""})
    Posting.objects.filter(pk=posting.pk).update(**{name: "VT-2026-1"})


@pytest.mark.parametrize(("number", "whole"), [("26700001", 26700001), (None, None), ("VT-2026-1", None)])
def test_whole_number__is_only_of_a_number_that_is_one(number: str | None, whole: int | None) -> None:
    assert Posting(entry_number=number).whole_number == whole
