"""The monthly file: asked for once, when the month's last service came; what came after it is in the next, named."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError
from time_machine import travel

from on_demand.models import MonthlyExport, OnDemandExport, OnDemandFormat
from on_demand.monthly import ask_for_due_months
from on_demand.report import Report
from tests.conftest import PARAMETERS, Caller, closing
from tests.on_demand.given import READERS, content_of, done, shop, states_of

pytestmark = pytest.mark.django_db(transaction=True)


def at(month: int, day: int, hour: int = 8, year: int = 2026) -> Any:
    return travel(datetime(year, month, day, hour, tzinfo=UTC), tick=True)


def monthly_of(till: Caller, *, day: int = 5, format: OnDemandFormat = OnDemandFormat.FEC) -> MonthlyExport:
    row = till.till.establishment
    return MonthlyExport.objects.create(
        tenant=row.tenant, establishment=row, day=day, format=format, email="compta@example.fr"
    )


def pushed(till: Caller, number: int, day: str, **changes: Any) -> None:
    """A closing of a day, pushed now."""
    dates = {"business_date": day, "opened_at": f"{day}T08:55:00+01:00", "closed_at": f"{day}T23:40:00+01:00"}
    answer = till.post("closings", closing(number, **dates, **changes))
    assert answer.status_code == 201, answer.content


def files() -> list[OnDemandExport]:
    return [done(export) for export in ask_for_due_months()]


def documents_in(export: OnDemandExport) -> set[str]:
    """The numbers of the closings in a file."""
    lines = READERS[OnDemandFormat(export.format)](content_of(export))
    return {line.document.rpartition("-")[2].removeprefix("Z") for line in lines}


@pytest.mark.parametrize("format", [OnDemandFormat.FEC, OnDemandFormat.CIEL])
def test_closing_after_the_monthly_file__is_in_the_next_one_named(format: OnDemandFormat) -> None:
    till = shop()
    monthly_of(till, format=format)
    with at(4, 1):
        pushed(till, 1042, "2026-03-30")
    with at(4, 5):
        (march,) = files()
    with at(4, 9):
        pushed(till, 1043, "2026-03-31")
        assert files() == []
        pushed(till, 1044, "2026-04-09")
    with at(5, 5):
        (april,) = files()
    assert documents_in(march) == {"1042"}
    assert documents_in(april) == {"1043", "1044"}
    (said,) = [it for it in Report(april).problems if "1043" in it]
    assert "1044" not in said
    with at(6, 5):
        (may,) = files()
    assert (may.state, may.problems[0]["code"]) == ("failed", "run_empty")
    assert states_of(april) == {1043: "taken", 1044: "taken"}


def test_closing_that_was_held__is_in_the_file_after_it_was_mended() -> None:
    till = shop()
    monthly_of(till)
    slot = {"slot": 7, "rate": "5.50", "sales_account": "707055", "vat_code": "V5", "vat_account": "445713"}
    bread = {"vat": 7, "rate": "5.50", "net": "1327.01", "tax": "72.99", "gross": "1400.00", "kind": "sale"}
    with at(4, 1):
        pushed(till, 1042, "2026-03-30")
        pushed(till, 1043, "2026-03-31", sales=[bread])
    with at(4, 5):
        (march,) = files()
    assert states_of(march) == {1042: "taken", 1043: "held"}
    with at(5, 5):
        (april,) = files()
    assert (april.state, states_of(april)) == ("failed", {1043: "held"})
    assert till.put("parameters", {**PARAMETERS, "vat": [*PARAMETERS["vat"], slot]}).status_code == 200
    with at(6, 5):
        (may,) = files()
    assert documents_in(may) == {"1043"}


def test_closing_of_a_fiscal_year_before__is_in_a_fec_of_its_own() -> None:
    till = shop()
    monthly_of(till)
    with at(1, 2, year=2027):
        pushed(till, 1042, "2026-12-30")
    with at(1, 5, year=2027):
        (december,) = files()
    with at(1, 20, year=2027):
        pushed(till, 1043, "2026-12-31")
        pushed(till, 1044, "2027-01-19")
    with at(2, 5, year=2027):
        before, january = files()
        assert ask_for_due_months() == []
    assert documents_in(december) == {"1042"}
    assert (documents_in(before), before.file_name) == ({"1043"}, "123456789FEC20261231.txt")
    assert (documents_in(january), january.file_name) == ({"1044"}, "123456789FEC20271231.txt")
    with at(3, 5, year=2027):
        assert len(files()) == 1


class TestLastService:
    """Day 1 waits for the last evening's closing, which is pushed after midnight, or on the next day."""

    @pytest.fixture
    def till(self) -> Caller:
        """A restaurant that worked on the Tuesday before the month's last day, a Tuesday."""
        till = shop()
        monthly_of(till, day=1)
        with at(3, 25):
            pushed(till, 1042, "2026-03-24")
        return till

    def test_night__is_not_over_before_six(self, till: Caller) -> None:
        with at(4, 1, hour=1):
            pushed(till, 1043, "2026-03-31")
            assert ask_for_due_months() == []
        with at(4, 1, hour=4):
            (march,) = files()
        assert documents_in(march) == {"1042", "1043"}

    def test_expected_closing__is_waited_for_two_days(self, till: Caller) -> None:
        with at(4, 2):
            assert ask_for_due_months() == []
            pushed(till, 1043, "2026-03-31")
            (march,) = files()
        assert documents_in(march) == {"1042", "1043"}

    @pytest.mark.parametrize(
        ("meanwhile", "hour", "day"),
        [
            (lambda till: None, 5, 3),
            (lambda till: pushed(till, 1043, "2026-04-01"), 22, 1),
        ],
        ids=["two days", "a later day was closed"],
    )
    def test_closing_that_does_not_come__keeps_the_file_no_longer(
        self, till: Caller, meanwhile: Callable[[Caller], None], hour: int, day: int
    ) -> None:
        with at(4, 1, hour=8):
            assert ask_for_due_months() == []
        with at(4, day, hour=hour):
            meanwhile(till)
            assert len(ask_for_due_months()) == 1

    def test_weekday_without_service__is_not_waited_for(self) -> None:
        till = shop()
        monthly_of(till, day=1)
        with at(3, 26):
            pushed(till, 1042, "2026-03-25")
        with at(4, 1):
            assert len(ask_for_due_months()) == 1

    def test_second_service__is_waited_for_where_there_usually_is_one(self, till: Caller) -> None:
        with at(3, 25):
            pushed(till, 1043, "2026-03-24")
        with at(4, 1):
            pushed(till, 1044, "2026-03-31")
            assert ask_for_due_months() == []
            pushed(till, 1045, "2026-03-31")
            assert len(ask_for_due_months()) == 1


def test_monthly_file_of_a_customer__holds_all_its_establishments_and_what_came_late() -> None:
    till = shop()
    other = shop(establishment__tenant=till.till.tenant)
    MonthlyExport.objects.create(tenant=till.till.tenant, day=5, format=OnDemandFormat.FEC, email="compta@example.fr")
    with at(4, 1):
        pushed(till, 1042, "2026-03-30")
    with at(4, 5):
        (march,) = files()
    with at(4, 9):
        pushed(other, 501, "2026-03-31")
        pushed(till, 1043, "2026-04-09")
    with at(5, 5):
        (april,) = files()
    assert [it.establishment for it in (march, april)] == [None, None]
    assert states_of(march) == {1042: "taken"}
    assert states_of(april) == {501: "taken", 1043: "taken"}
    with pytest.raises(IntegrityError, match="on_demand_monthly_one_per_tenant"):
        MonthlyExport.objects.create(tenant=till.till.tenant, email="deux@example.fr")
