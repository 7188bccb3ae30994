"""What the restore drill compares: the same of one past, whatever came after it; another where a row of it is gone."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from exact.models import Division
from tests.backup import Backup
from tests.conftest import Caller, closing, work

SQL = (Path(__file__).parents[2] / "deploy" / "backup" / "evidence.sql").read_text()
Evidence = dict[str, tuple[int, str]]


def evidence(until: str) -> Evidence:
    """Rows and digest of each table up to a moment, as `psql` would ask for them."""
    with connection.cursor() as sql:
        sql.execute(SQL.replace(":'until'", "%s"), [until])
        return {what: (rows, digest) for what, rows, digest in sql.fetchall()}


@pytest.fixture
def moment(linked: tuple[Caller, Division]) -> str:
    """A moment after which one closing stands in the books, and another came."""
    till, division = linked
    till.post("closings", closing(1042))
    work(division)
    moment = timezone.now().isoformat()
    till.post("closings", closing(1043))
    return moment


def test_evidence__of_a_past_is_the_same_after_it_and_in_its_copy(moment: str, linked: tuple[Caller, Division]) -> None:
    live, backup = evidence(moment), Backup()
    till, division = linked
    till.post("closings", closing(1044))
    work(division)
    assert evidence(moment) == live
    assert {what: rows for what, (rows, _digest) in live.items() if what != "audit"} == {
        "closings": 1,
        "pushes that made closings": 1,
        "entries": 2,
        "what became of closings": 3,
        "what became of entries": 4,
    }
    assert evidence(timezone.now().isoformat())["closings"][0] == 3
    backup.restore(place="")
    assert evidence(moment) == live


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("DELETE FROM exact_postingevent WHERE after = 'posted'", "what became of entries"),
        ("UPDATE exact_posting SET entry = '{}'", "entries"),
        ("UPDATE exports_storedclosing SET document = '{}' WHERE number = 1042", "closings"),
        ("UPDATE clyo_ingest_receivedclosing SET digest = ''", "pushes that made closings"),
        ("DELETE FROM exports_closingevent WHERE after = 'exported'", "what became of closings"),
        ("DELETE FROM tenants_change WHERE id = (SELECT max(id) FROM tenants_change)", "audit"),
    ],
)
def test_evidence__shows_what_is_gone_or_another(moment: str, change: str, what: str) -> None:
    live = evidence(moment)
    with transaction.atomic(), connection.cursor() as sql:
        sql.execute("SET LOCAL session_replication_role = replica")
        sql.execute(change)
    now = evidence(moment)
    assert {it for it in live if now.get(it) != live[it]} == {what}
