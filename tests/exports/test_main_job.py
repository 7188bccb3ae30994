"""A till's closing becomes two entries in Exact, to the cent, with two calls."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clyo_ingest.continuity import NEIGHBOURS
from clyo_ingest.inbox import STORED
from clyo_ingest.keys import KNOWN_BY
from exact.company.catalogue import NAMED
from exact.models import Division
from exports.models import StoredClosing
from exports.way.locked_till import LOCKED
from tests.conftest import Caller, SimulatedExact, closing, work


def test_closing__stands_in_exact_to_the_cent(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    exact.http.delete("/_control/calls", params={"division": division.code})
    answer = till.post("closings", closing())
    assert answer.status_code == 201, answer.content
    assert (answer.json()["state"], answer.json()["problems"]) == ("ready", [])

    assert work(division) is False

    detail = till.get(f"closings/{answer.json()['id']}").json()
    assert detail["state"] == "exported"
    sale, receipts = sorted(exact.entries(division.code), key=lambda entry: str(entry["journal"]), reverse=True)
    assert [entry["number"] for entry in detail["entries"]] == [sale["entry_number"], receipts["entry_number"]]
    assert net_of(sale) == {
        "411000": Decimal("1400.00"),
        "706000": Decimal("-1000.00"),
        "707000": Decimal("-250.00"),
        "445712": Decimal("-100.01"),
        "445711": Decimal("-49.99"),
    }
    assert net_of(receipts) == {
        "411000": Decimal("-1400.00"),
        "426100": Decimal("-25.00"),
        "511500": Decimal("900.00"),
        "511800": Decimal("200.00"),
        "530000": Decimal("325.00"),
    }
    assert exact.calls(division.code)["total"] == 2
    assert StoredClosing.objects.get(pk=answer.json()["id"]).gross == Decimal("1400.00")


def test_push__asks_the_database_seven_times(linked: tuple[Caller, Division]) -> None:
    """One of them waits for the shop's lock alone: what is read after it is as new as the lock."""
    till, _division = linked
    till.post("closings", closing(1042))
    with CaptureQueriesContext(connection) as asked:
        assert till.post("closings", closing(1043)).json()["state"] == "ready"
    said = [query["sql"].strip() for query in asked.captured_queries]
    assert len([sql for sql in said if not sql.startswith(TRANSACTION)]) == 7, said


def test_push__what_every_push_asks_is_planned_once(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    for number in range(1042, 1042 + 7):  # a statement is prepared at its sixth use
        assert till.post("closings", closing(number)).status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [row[0] for row in cursor.fetchall()]
    for beginning in (KNOWN_BY, STORED, LOCKED, NEIGHBOURS, NAMED, "WITH rows_0 AS"):
        assert any(sql.startswith(beginning.partition("%")[0]) for sql in prepared), beginning


# The last of them ends a request of a test; a server's thread is told nothing at the end.
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")


def net_of(entry: dict[str, object]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in entry["lines"]:  # type: ignore[attr-defined]
        amount = Decimal(line["debit"]) - Decimal(line["credit"])
        sums[line["account_code"]] = sums.get(line["account_code"], Decimal()) + amount
    return sums
