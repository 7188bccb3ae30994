"""The demo's week: Exact's books and every file, each read by somebody who knows nothing of the writer, agree."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from exact.models import ExactApp
from exports.way.sweep import learn_and_release
from tests.conftest import SimulatedExact, work
from tests.ledger.files.readers.line import balances
from tests.on_demand.given import READERS, asked, content_of, demo_week, done, push_week


@pytest.fixture
def unlimited(exact: SimulatedExact) -> Iterator[None]:
    """A week in a minute: a real company would spread it over seven days, under Exact's limits."""
    exact.control("settings", minute_limit=10_000)
    yield
    exact.control("settings", minute_limit=60)


@pytest.mark.usefixtures("unlimited")
@pytest.mark.django_db(transaction=True)
def test_week__agrees_per_account_in_exact_and_in_every_file(exact: SimulatedExact, tmp_path: Path) -> None:
    tills = demo_week(tmp_path)
    company, user = exact.company()
    divisions = [exact.link(till.till, company, user) for till in tills]
    ExactApp.objects.update(minute_limit=10_000)
    push_week(tills, tmp_path)
    learn_and_release()
    while work(divisions[0]):
        pass
    books: dict[str, Decimal] = {}
    for entry in exact.entries(company):
        for line in entry["lines"]:
            amount = Decimal(line["debit"]) - Decimal(line["credit"])
            books[line["account_code"]] = books.get(line["account_code"], Decimal()) + amount
    books = {account: balance for account, balance in books.items() if balance}
    for format, read in READERS.items():
        export = done(asked(tills[0], format, establishment=None, first=date(2026, 3, 1), last=date(2026, 3, 31)))
        assert export.state == "done", export.problems
        assert (export.comparison["equal"], export.comparison["closings"]) == (True, 27), export.comparison
        found: dict[str, Decimal] = {}
        for account, balance in balances(read(content_of(export))).items():
            # Ciel writes customers as accounts of their own: 411CAISSE.
            general = "411000" if account.startswith("411") else account
            found[general] = found.get(general, Decimal()) + balance
        assert {account: balance for account, balance in found.items() if balance} == books
