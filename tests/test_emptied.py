"""Between two tests nothing is left, also of those who were still at work when the first one ended."""

import threading

import pytest
from django.db import connection, transaction

from tenants.factories import TillFactory
from tenants.models import Till
from tests.conftest import empty


@pytest.mark.django_db(transaction=True)
def test_emptying__waits_for_who_is_still_at_work() -> None:
    TillFactory()
    begun, told = threading.Event(), threading.Event()

    def work_late() -> None:
        with transaction.atomic():
            TillFactory()
            begun.set()
            told.wait(0.3)  # the emptying runs by then
        connection.close()

    late = threading.Thread(target=work_late)
    late.start()
    begun.wait()
    empty(None)
    told.set()
    late.join()
    assert not Till.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_emptying__goes_on_when_its_session_was_ended() -> None:
    TillFactory()
    empty(None)
    TillFactory()
    with connection.cursor() as sql:
        sql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_temp.empty%'")
    empty(None)
    assert not Till.objects.exists()
