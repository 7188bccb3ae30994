"""A worker keeps its database connection from task to task, and gets over the end of one."""

from collections.abc import Callable, Iterator
from queue import Queue

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection

from integration.celery import app

WAIT_S = 30
answers: "Queue[int]" = Queue()


@app.task(name="tests.session")  # type: ignore[untyped-decorator]
def session(end: bool) -> None:
    """Tell which session of PostgreSQL this worker is in; with `end`, end it from the server's side first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        answers.put(cursor.fetchone()[0])
        if end:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@app.task(name="tests.leave")  # type: ignore[untyped-decorator]
def leave() -> None:
    connection.close()
    answers.put(0)


@pytest.fixture
def ask(transactional_db: None) -> Iterator[Callable[[bool], int]]:
    """Asks a worker in which session it is."""

    def ask(end: bool = False) -> int:
        session.delay(end)
        return answers.get(timeout=WAIT_S)

    app.control.purge()  # what other tests asked of no worker would be done first
    with start_worker(app, pool="solo", perform_ping_check=False):
        yield ask
        leave.delay()
        answers.get(timeout=WAIT_S)


def test_worker__keeps_its_session_from_task_to_task(ask: Callable[[bool], int]) -> None:
    assert len({ask(False) for _task in range(4)}) == 1


def test_worker__gets_a_new_session_when_the_old_one_ended(ask: Callable[[bool], int]) -> None:
    first = ask(True)
    assert ask(False) != first
