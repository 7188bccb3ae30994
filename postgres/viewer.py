"""Whom a connection serves: PostgreSQL itself shows it that one's rows and no others (docs/decisions/0038).

A connection begins as the role that owns the tables, to which no policy applies: workers, beat and migrations see all.
While it serves somebody it is one of the roles of `deploy/postgres/roles.sql`, and settings say which till, customer or
reseller that is; the policies that the models say (`postgres.seen`) compare rows with them. Where nobody told them, a
policy fails aloud: it never takes silence for an empty table.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.backends.signals import connection_created

DOOR, TILL, CUSTOMER, RESELLER = "clyo_door", "clyo_till", "clyo_customer", "clyo_reseller"
OWNER = "none"  # what SET ROLE calls the role that logged in
SETTINGS = ("reseller", "tenant", "establishment", "person", "behind")
TELL = "set_config('role', {role}, false)" + "".join(
    f", set_config('clyo.{name}', {{{name}}}, false)" for name in SETTINGS
)
TELL_VALUES = f"SELECT {TELL.format(role='%s', **dict.fromkeys(SETTINGS, '%s'))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A role, and the ids of whom it is; what a role does not ask for is left out.

    `person` is whose account the console shows, `behind` who is at the keyboard.
    """

    role: str
    reseller: int | None = None
    tenant: int | None = None
    establishment: int | None = None
    person: int | None = None
    behind: int | None = None

    def settings(self) -> list[str]:
        """The values of `SETTINGS`; "" is none, and no number to whatever asks for it."""
        return ["" if (value := getattr(self, name)) is None else str(value) for name in SETTINGS]


EVERYTHING = Viewer(role=OWNER)
AT_THE_DOOR = Viewer(role=DOOR)


class _Told(threading.local):
    """What the connection of this thread was told last."""

    viewer: Viewer = EVERYTHING


_told = _Told()


def viewer() -> Viewer:
    """Whom the connection of this thread serves."""
    return _told.viewer


@contextmanager
def serving(whom: Viewer) -> Iterator[None]:
    """The connection shows what `whom` may see; afterwards, whatever happened, what it showed before."""
    before = _told.viewer
    _change_to(whom)
    try:
        yield
    finally:
        _go_back_to(before)


def was_told(whom: Viewer) -> None:
    """It serves `whom` until the `serving` around this ends: what looked `whom` up has told PostgreSQL too (`TELL`)."""
    assert _told.viewer != EVERYTHING, "nobody would take it back"
    _told.viewer = whom


def _change_to(whom: Viewer) -> None:
    if whom == _told.viewer:
        return
    if connection.connection is not None:
        _tell(whom)
    _told.viewer = whom


def begun_at_the_door(application: Callable[..., Any]) -> Callable[..., Any]:
    """A WSGI application whose threads rest at the door between two requests: it saves each request a statement."""

    def begin(*arguments: Any) -> Any:
        _change_to(AT_THE_DOOR)
        return application(*arguments)

    return begin


def each_served(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is read while an answer is sent, for whom the connection serves now: by then the request is over."""
    return _each_served(iter(pieces), _told.viewer)


def _each_served(pieces: Iterator[bytes], whom: Viewer) -> Iterator[bytes]:
    while True:
        with serving(whom):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _go_back_to(before: Viewer) -> None:
    """Of a transaction that cannot go on, the end takes the setting back: it was made inside. Any other connection that
    cannot be told is closed, and the next one is told when it is made."""
    try:
        _change_to(before)
    except DatabaseError:
        _told.viewer = before
        if not connection.in_atomic_block:
            connection.close()


def _tell(whom: Viewer) -> None:
    with connection.cursor() as sql:
        sql.execute(TELL_VALUES, [whom.role, *whom.settings()])


def _tell_new_connection(*, connection: Any, **_: Any) -> None:
    """One made anew in the middle of a request serves whom the broken one served."""
    if connection.alias == DEFAULT_DB_ALIAS and _told.viewer != EVERYTHING:
        _tell(_told.viewer)


connection_created.connect(_tell_new_connection, dispatch_uid="postgres.viewer")
