"""The moves of a posting: what the code allows is what the database allows, and nothing else."""

import itertools
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from exact.models import Division, Posting, PostingState
from exact.states import MOVES
from tests.conftest import Caller, closing


@pytest.fixture
def posting(linked: tuple[Caller, Division]) -> Posting:
    """A posting that satisfies every constraint of every state, so that only the move itself can be refused."""
    till, division = linked
    till.post("closings", closing())
    row = Posting.objects.filter(division=division, entry_kind="sales").get()
    now = timezone.now()
    Posting.objects.filter(pk=row.pk).update(exact_entry_id=uuid.uuid4(), posted_at=now, sending_since=now)
    return row


def test_moves__of_the_database_are_those_of_the_code(posting: Posting) -> None:
    made = set()
    for before, after in itertools.permutations(PostingState, 2):
        put_into(posting, before)
        try:
            with transaction.atomic():
                Posting.objects.filter(pk=posting.pk).update(state=after)
        except IntegrityError:
            continue
        made.add((before, after))
    assert made == {(before, after) for before, afters in MOVES.items() for after in afters}


def put_into(posting: Posting, state: PostingState) -> None:
    """Bring the row into a state whatever the moves are: the guard looks at updates, so it is made again."""
    row = Posting.objects.get(pk=posting.pk)
    row.delete()
    row.pk, row.state = posting.pk, state
    row.save(force_insert=True)
