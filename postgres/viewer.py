"""The viewer of a connection: PostgreSQL itself shows the rows of that viewer and no others (docs/decisions/0038).

A connection begins as the role that owns the tables, to which no policy applies: workers, beat and migrations see all.
While it serves somebody it is one of the roles of `deploy/postgres/roles.sql`, and settings say which till, customer or
reseller that is; the policies of the models (`postgres.seen`) compare rows with them. If they were not set, a policy
raises an error instead of showing an empty table.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.backends.signals import connection_created

DOOR, TILL, CUSTOMER, RESELLER = "clyo_door", "clyo_till", "clyo_customer", "clyo_reseller"
ACCOUNTANT, MERCHANT = "clyo_accountant", "clyo_merchant"
MEMBERS = (ACCOUNTANT, MERCHANT)  # people of customers, whom resellers invited; CUSTOMER is the holder of a link
OWNER = "none"  # what SET ROLE calls the role that logged in
SETTINGS = ("reseller", "tenant", "establishment", "tenants", "person", "behind")
TOLD = ("role", *(f"clyo.{name}" for name in SETTINGS))
TELL = f"SELECT {', '.join(f'set_config({name!r}, %s, false)' for name in TOLD)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A role, and the ids that its policies compare rows with.

    `tenants`: the customers of a member, possibly none. `person`: whose view the console shows; `behind`: the person at
    the keyboard.
    """

    role: str
    reseller: int | None = None
    tenant: int | None = None
    establishment: int | None = None
    tenants: tuple[int, ...] | None = None
    person: int | None = None
    behind: int | None = None

    def settings(self) -> list[str]:
        """The values of `SETTINGS`; "" is not told, and neither a number nor a list to whatever asks for it."""
        return ["" if (value := getattr(self, name)) is None else _write(value) for name in SETTINGS]


def _write(value: int | tuple[int, ...]) -> str:
    """A number or several, as PostgreSQL reads them."""
    return str(value) if isinstance(value, int) else f"{{{','.join(map(str, value))}}}"


EVERYTHING = Viewer(role=OWNER)
AT_THE_DOOR = Viewer(role=DOOR)


class _Told(threading.local):
    """The viewer of this thread, and the viewer its connection was told last; made equal before each statement.

    `rests`: the thread answers requests and does nothing else.
    """

    serves: Viewer = EVERYTHING
    last: Viewer = EVERYTHING
    as_it_is: bool = False
    rests: bool = False


_told = _Told()


def viewer() -> Viewer:
    """The viewer that the connection of this thread serves."""
    return _told.serves


@contextmanager
def serving(whom: Viewer) -> Iterator[None]:
    """A context in which the connection serves the viewer `whom`; afterwards, in any case, the one before."""
    before = _told.serves
    if whom != before:
        _change_to(whom)
    try:
        yield
    finally:
        _go_back_to(before)


@contextmanager
def at_the_door(*, at_once: bool) -> Iterator[None]:
    """A context for a request whose person is not known yet: it serves nobody. Open it outside of a transaction.

    With `at_once` PostgreSQL is told now, if needed, else before the first statement, unless that one looks the caller
    up and tells it itself (`looking_up`). A thread that `rests` tells nothing at the end; its next request does.
    """
    before, _told.serves = _told.serves, AT_THE_DOOR
    try:
        with connection.execute_wrapper(_tell_first):
            if at_once and _told.rests:
                _go_back_to(AT_THE_DOOR)
            yield
    finally:
        if not _told.rests:
            _go_back_to(before)
        _told.serves = before


@contextmanager
def looking_up() -> Iterator[None]:
    """A context for statements that call functions which answer any viewer the same, and which set the viewer
    themselves (then call `was_told`)."""
    _told.as_it_is = True
    try:
        yield
    finally:
        _told.as_it_is = False


def was_told(whom: Viewer) -> None:
    """Note that the statement that looked `whom` up has set it as the viewer until the request ends."""
    assert _told.serves != EVERYTHING, "nobody would take it back"
    _told.serves = _told.last = whom


def begun_at_the_door(application: Callable[..., Any]) -> Callable[..., Any]:
    """A WSGI application whose threads serve nobody between two requests, which saves each a statement or two."""

    def begin(*arguments: Any) -> Any:
        _told.rests, _told.serves = True, AT_THE_DOOR
        return application(*arguments)

    return begin


def each_served(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a streamed answer, each read with the viewer of now: they are sent after the request has ended."""
    return _each_served(iter(pieces), _told.serves)


def _each_served(pieces: Iterator[bytes], whom: Viewer) -> Iterator[bytes]:
    while True:
        with serving(whom):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _change_to(whom: Viewer) -> None:
    if connection.connection is not None and whom != _told.last:
        _tell(whom)
    _told.serves = whom


def _go_back_to(before: Viewer) -> None:
    """Set the viewer of before. In a failed transaction the rollback does it, as the setting was made inside it. Any
    other connection that cannot be told is closed, and the next one is told when it is made."""
    try:
        _change_to(before)
    except DatabaseError:
        _told.serves = _told.last = before
        if not connection.in_atomic_block:
            connection.close()


def _tell_first(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Tell the connection its viewer before a statement, if it was told another one."""
    if _told.last is not _told.serves and not _told.as_it_is and sql is not TELL and _told.last != _told.serves:
        _tell(_told.serves)
    return execute(sql, params, many, context)


def _tell(whom: Viewer) -> None:
    with connection.cursor() as sql:
        sql.execute(TELL, [whom.role, *whom.settings()])
    _told.last = whom


def _tell_new_connection(*, connection: Any, **_: Any) -> None:
    """One made anew in the middle of a request serves whom the broken one served."""
    if connection.alias == DEFAULT_DB_ALIAS:
        _told.last = EVERYTHING
        if _told.serves != EVERYTHING:
            _tell(_told.serves)


connection_created.connect(_tell_new_connection, dispatch_uid="postgres.viewer")
