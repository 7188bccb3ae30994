"""What the database refuses, whoever asks: two closings that count over one ticket, entries of one that does not."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from exact.models import Division, Posting
from exports.models import StoredClosing
from exports.models.coverage import CoveredTickets, Remainder
from tests.conftest import Caller
from tests.exports.coverage.covering import general, lanes, push, states, station

Linked = tuple[Caller, Division]


@pytest.fixture
def day(linked: Linked) -> Iterator[tuple[StoredClosing, StoredClosing, StoredClosing]]:
    """Two POSTES in the books, and their GÉNÉRALE, archived."""
    till, division = linked
    one, two, whole = push(till, station("1"), station("2"), general())
    lanes(division)
    assert states([one, two, whole]) == ["exported", "exported", "archived"]
    yield one, two, whole


def refused(sql: str, *parameters: object) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return str(refusal.value)


def test_tickets__of_two_closings_are_never_live(day: tuple[StoredClosing, StoredClosing, StoredClosing]) -> None:
    words = refused("UPDATE exports_coveredtickets SET live = true WHERE closing_id = %s", day[2].pk)
    assert "exports_tickets_once" in words


def test_hours__of_two_kinds_without_tickets_are_never_live(linked: Linked) -> None:
    till, _division = linked
    _one, whole = push(till, station("1", tickets=[]), general(tickets=[]))
    words = refused("UPDATE exports_untoldtickets SET live = true WHERE closing_id = %s", whole.pk)
    assert "exports_untold_one_kind" in words


def test_same_closing__without_tickets_is_never_live_twice(linked: Linked) -> None:
    till, _division = linked
    _one, again = push(till, general(1, tickets=[]), general(2, tickets=[]))
    words = refused("UPDATE exports_untoldtickets SET live = true WHERE closing_id = %s", again.pk)
    assert "exports_untold_once" in words


def test_entry__of_a_closing_that_does_not_count_is_refused(
    day: tuple[StoredClosing, StoredClosing, StoredClosing],
) -> None:
    posting = Posting.objects.filter(closing_id=day[0].pk).first()
    assert posting is not None
    posting.pk, posting.closing_id, posting.reference, posting.turn = None, day[2].pk, "Z42-X", "x"
    posting.state, posting.entry_id = "pending", None
    with pytest.raises(IntegrityError, match="only a closing that counts"), transaction.atomic():
        posting.save(force_insert=True)


@pytest.mark.parametrize(
    "sql", ["UPDATE exports_coveredtickets SET live = false", "DELETE FROM exports_coveredtickets"]
)
def test_tickets__of_what_is_in_the_books_are_never_given_back(
    day: tuple[StoredClosing, StoredClosing, StoredClosing], sql: str
) -> None:
    assert "a closing with entries counts" in refused(f"{sql} WHERE closing_id = %s", day[0].pk)
    assert CoveredTickets.objects.filter(closing=day[0], live=True).exists()


def test_archived__stays_unless_another_closing_stands_for_it(
    day: tuple[StoredClosing, StoredClosing, StoredClosing], linked: Linked
) -> None:
    till, _division = linked
    nothing = {"sales": [], "other_receipts": [], "payments": [], "tickets": []}
    (empty,) = push(till, general(43, **nothing))
    assert "stays archived" in refused("UPDATE exports_storedclosing SET state = 'ready' WHERE id = %s", empty.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exports_storedclosing SET state = 'waiting' WHERE id = %s", [day[2].pk])
    assert states([day[2]]) == ["waiting"]


def test_remainder__is_never_changed(day: tuple[StoredClosing, StoredClosing, StoredClosing]) -> None:
    Remainder.objects.create(closing=day[2], tenant=day[2].tenant, document={}, over=[])
    assert "only added to" in refused("UPDATE exports_remainder SET document = '{}'")
    assert "stays unless" in refused("DELETE FROM exports_remainder")


def test_training__is_never_live(linked: Linked) -> None:
    till, _division = linked
    (training,) = push(till, general(training=True))
    words = refused("UPDATE exports_coveredtickets SET live = true WHERE closing_id = %s", training.pk)
    assert "exports_training_never_live" in words
