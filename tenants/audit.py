"""The audit, who changed what: the database itself stores every change, and lets nobody edit what it stored.

A trigger on each audited table (`postgres.guards.Audited`) adds a `Change` with the columns that differ, before and
after. It cannot be passed by, neither by an UPDATE of many rows nor by SQL typed by hand. Its function stands in
`postgres/sql/tenants_note_change.sql`.

The author is told to the database before each write: the person of a console request (`ActorMiddleware`), the
activation link whose page it was (`by_link`), or the person who answered a letter (`by_letter`). A change without an
author is one of a till or of the service.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

WRITES = ("INSERT", "UPDATE", "DELETE")


class ActorMiddleware:
    """Tells the database who writes in a console request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/console/"):
            return self.get_response(request)
        with _tell_author(lambda: _person(request)):
            return self.get_response(request)


def by_link(number: int, holder: str) -> AbstractContextManager[None]:
    """A context in which the author is an activation link; `holder`: whose link it is, in words."""
    return _tell_author(lambda: Author(link=str(number), link_holder=holder))


def by_letter(number: int, person_id: int) -> AbstractContextManager[None]:
    """A context in which the author is a person with a link of a letter, without a log-in."""
    return _tell_author(lambda: Author(actor=str(person_id), letter=str(number)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The author of a change, as the trigger reads it; "" is nobody."""

    actor: str = ""
    seen_as: str = ""
    link: str = ""
    link_holder: str = ""
    letter: str = ""


def _person(request: HttpRequest) -> Author:
    """The person at the keyboard, and in whose view it works; nobody when nobody is logged in."""
    session = request.session
    shown = str(session.get(SESSION_KEY) or "")
    behind = session.get("hijack_history")
    return Author(actor=str(behind[0]), seen_as=shown) if behind else Author(actor=shown)


@contextmanager
def _tell_author(author: Callable[[], Author]) -> Iterator[None]:
    """Tell the database the author before each write, and forget it at the end.

    Before each write and not once, as a rollback undoes the setting together with everything else.
    """
    told = False

    def tell_first(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal told
        if str(sql).lstrip().upper().startswith(WRITES):
            told = True
            _tell(author())
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(tell_first):
            yield
    finally:
        if told:
            _forget()


def _forget() -> None:
    """Reset the author at the end of a request, as the connection serves other requests after it."""
    try:
        _tell(Author())
    except DatabaseError:
        connection.close()


def _tell(author: Author) -> None:
    with connection.cursor() as sql:
        sql.execute(
            "SELECT set_config('clyo.actor', %s, false), set_config('clyo.seen_as', %s, false), "
            "set_config('clyo.link', %s, false), set_config('clyo.link_holder', %s, false), "
            "set_config('clyo.letter', %s, false)",
            [author.actor, author.seen_as, author.link, author.link_holder, author.letter],
        )
