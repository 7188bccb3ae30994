"""Pages read in a thread: the same pages, one ahead at most, faults where they are due, no connection left open."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from on_demand.read_ahead import read_ahead

pytestmark = pytest.mark.django_db(transaction=True)


class BrokenPage(Exception):
    pass


class Pages:
    """Three pages read from the database, or fewer and a fault; remembers the connection and how far it was read."""

    def __init__(self, *, broken_at: int | None = None) -> None:
        self.read = 0
        self.connection: BaseDatabaseWrapper | None = None
        self._broken_at = broken_at

    def __iter__(self) -> Iterator[list[int]]:
        self.connection = connections["default"]
        for number in (1, 2, 3):
            if number == self._broken_at:
                raise BrokenPage
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT %s::int", [number])
                page = [row[0] for row in cursor.fetchall()]
            self.read = number
            yield page

    @property
    def connected(self) -> bool:
        return self.connection is not None and self.connection.connection is not None


def test_all_pages_come_in_their_order_over_a_connection_that_is_closed_afterwards() -> None:
    pages = Pages()

    assert [*read_ahead(iter(pages))] == [[1], [2], [3]]

    assert pages.connection is not connections["default"]
    assert not pages.connected


def test_nothing_to_read_gives_no_page() -> None:
    assert [*read_ahead(iter(()))] == []


def test_no_more_than_one_page_is_ahead() -> None:
    pages = Pages()
    ahead = read_ahead(iter(pages))

    next(ahead)
    ahead.close()

    assert pages.read == 2
    assert not pages.connected


def test_a_fault_is_raised_where_its_page_was_due() -> None:
    pages = Pages(broken_at=3)
    ahead = read_ahead(iter(pages))

    assert [next(ahead), next(ahead)] == [[1], [2]]
    with pytest.raises(BrokenPage):
        next(ahead)
    assert not pages.connected
