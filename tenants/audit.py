"""Who changed what: the database itself writes every change down, and refuses that anybody changes what it wrote.

A trigger on each audited table (`postgres.guards.Audited`) adds a `Change` with the columns that differ, before and
after. It cannot be passed by, neither by an UPDATE of many rows nor by SQL typed by hand. Its function stands in
`postgres/sql/tenants_note_change.sql`.

Who did it is told before each write: the person of a console request (`ActorMiddleware`), the activation link whose
page it was (`by_link`), or who answered a letter (`by_letter`). A change without any is one of a till or of the
service.
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
    """What is written meanwhile was done on an activation link's pages; `holder` says whose it is, in any words."""
    return _tell_author(lambda: Author(link=str(number), link_holder=holder))


def by_letter(number: int, person_id: int) -> AbstractContextManager[None]:
    """What is written meanwhile was done by a person with a link of a letter, without a log-in."""
    return _tell_author(lambda: Author(actor=str(person_id), letter=str(number)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes, as the trigger reads it; "" is nobody."""

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

    Told before each write and not once: a rollback takes the setting back with everything else.
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
    """The connection serves the next request: nobody's writes are to carry this author's name."""
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
