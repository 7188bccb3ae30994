"""Fiscal years with a start and an end: they name the FEC, hold its sequence, and do not change once it was begun."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from ledger.files.fec import FiscalYear
from on_demand.book_years import is_too_long, year_of
from on_demand.models import BookYear, KeptNumber, OnDemandExport, OnDemandFormat
from tests.conftest import Caller
from tests.ledger.files.readers.fec import read_fec
from tests.on_demand.given import asked, content_of, done, push, shop, staff_of

pytestmark = pytest.mark.django_db(transaction=True)
LONG = (date(2025, 9, 1), date(2026, 12, 31))


def year(till: Caller, first: date = LONG[0], last: date = LONG[1]) -> BookYear:
    return BookYear.objects.create(tenant=till.till.tenant, first_day=first, last_day=last)


def numbers_in(export: OnDemandExport) -> set[str]:
    return {line.entry for line in read_fec(content_of(export))}


def test_first_year__of_sixteen_months_is_one_fec() -> None:
    till = shop()
    year(till)
    push(
        till,
        1042,
        business_date="2025-12-30",
        opened_at="2025-12-30T09:00:00+01:00",
        closed_at="2025-12-30T23:00:00+01:00",
    )
    push(till, 1043)
    answer = till.post("exports", {"from": "2025-09-01", "to": "2026-11-27", "format": "fec"})
    assert answer.status_code == 202
    export = done(OnDemandExport.objects.get())
    assert (export.state, export.file_name) == ("done", "123456789FEC20261231.txt")
    assert numbers_in(export) == {"VE000001", "VE000002", "CA000001", "CA000002"}


def test_longer_range__is_a_fecs_alone_and_within_one_year_alone() -> None:
    till = shop()
    days = {"from": "2025-09-01", "to": "2026-11-27"}
    assert till.post("exports", {**days, "format": "fec"}).status_code == 422
    year(till)
    assert till.post("exports", {**days, "format": "ciel"}).status_code == 422
    assert till.post("exports", {**days, "from": "2025-08-31", "format": "fec"}).status_code == 422
    push(till, 1042)
    question = {"where": f"e{till.till.establishment_id}", "first": "2025-09-01", "last": "2026-11-27", "email": ""}
    client = staff_of(till)
    new = reverse("admin:on_demand_ondemandexport_new")
    assert "366 jours" in client.post(new, {**question, "format": "sage"}).content.decode()
    assert client.post(new, {**question, "format": "fec"}).status_code == 302


def test_numbers__begin_anew_with_each_year() -> None:
    till = shop()
    year(till, date(2025, 4, 1), date(2026, 3, 15))
    push(till, 1042, 1044)
    for first, last in ((date(2026, 3, 1), date(2026, 3, 15)), (date(2026, 3, 16), date(2026, 3, 31))):
        export = done(asked(till, OnDemandFormat.FEC, first=first, last=last))
        assert numbers_in(export) == {"VE000001", "CA000001"}
    assert {*KeptNumber.objects.values_list("fiscal_year", flat=True)} == {date(2026, 3, 15), date(2026, 12, 31)}
    both = done(asked(till, OnDemandFormat.FEC))
    assert (both.state, both.problems[0]["code"]) == ("failed", "file_outside_fiscal_year")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 1), (date(2026, 1, 1), date(2026, 3, 31))),
        (date(2026, 5, 1), (date(2026, 4, 1), date(2027, 9, 30))),
        (date(2027, 11, 1), (date(2027, 10, 1), date(2027, 12, 31))),
        (date(2025, 2, 1), (date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_year__that_nobody_set_is_twelve_months_less_what_was_set(day: date, expected: tuple[date, date]) -> None:
    till = shop()
    year(till, date(2026, 4, 1), date(2027, 9, 30))
    assert year_of(till.till.tenant, day, last_month=12) == FiscalYear(*expected)
    assert year_of(shop().till.tenant, day, last_month=12).last == date(day.year, 12, 31)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 12, 31), date(2027, 12, 30)),
        (date(2025, 1, 1), date(2025, 9, 1)),
        (date(2025, 10, 1), date(2025, 11, 1)),
        (date(2029, 1, 1), date(2031, 1, 1)),
        (date(2029, 1, 1), date(2029, 1, 1)),
    ],
    ids=["overlaps its end", "overlaps its start", "within", "25 months", "one day"],
)
def test_database__refuses_what_is_no_year_beside_the_others(first: date, last: date) -> None:
    till = shop()
    year(till)
    with pytest.raises(DatabaseError), transaction.atomic():
        year(till, first, last)
    year(shop())
    year(till, date(2027, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("last", "too_long"), [(date(2028, 2, 28), False), (date(2028, 2, 29), False), (date(2028, 3, 1), True)]
)
def test_two_years__are_counted_in_months(last: date, too_long: bool) -> None:
    assert is_too_long(FiscalYear(date(2026, 3, 1), last)) is too_long


def test_year__in_which_entries_were_numbered_stays() -> None:
    till = shop()
    push(till, 1042)
    done(asked(till, OnDemandFormat.FEC))
    for days in ((date(2026, 3, 1), date(2027, 2, 28)), (date(2026, 7, 1), date(2027, 12, 31))):
        with pytest.raises(DatabaseError, match="numbered"), transaction.atomic():
            year(till, *days)
    row = year(till, date(2025, 10, 1), date(2026, 12, 31))
    for change in (lambda: row.delete(), lambda: BookYear.objects.update(last_day=date(2027, 3, 31))):
        with pytest.raises(DatabaseError, match="numbered"), transaction.atomic():
            change()


class TestForm:
    """The console says each refusal in words, and shows a year to its own people alone."""

    def sent(self, till: Caller, **changes: Any) -> Any:
        form = {"tenant": str(till.till.tenant_id), "first_day": "01/09/2025", "last_day": "31/12/2026"}
        return staff_of(till).post(reverse("admin:on_demand_bookyear_add"), {**form, **changes})

    def test_year__is_set_and_changed(self) -> None:
        till = shop()
        assert self.sent(till).status_code == 302
        row = BookYear.objects.get()
        change = reverse("admin:on_demand_bookyear_change", args=[row.pk])
        days = {"first_day": "01/10/2025", "last_day": "31/12/2026"}
        assert staff_of(till).post(change, days).status_code == 302
        assert staff_of(shop()).post(change, days).status_code == 302  # to a list without it
        row.refresh_from_db()
        assert row.first_day == date(2025, 10, 1)
        year(till, date(2027, 1, 1), date(2027, 12, 31))
        page = staff_of(till).post(change, {**days, "last_day": "01/01/2027"})
        assert "Un autre exercice de ce client" in page.content.decode()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"last_day": "01/09/2027"}, "24 mois au plus"),
            ({"last_day": "31/08/2025"}, "Le dernier jour précède le premier."),
        ],
    )
    def test_year__that_is_none_is_refused_in_words(self, changes: dict[str, str], said: str) -> None:
        assert said in self.sent(shop(), **changes).content.decode()
        assert not BookYear.objects.exists()

    def test_year__of_numbered_entries_is_refused_in_words(self) -> None:
        till = shop()
        push(till, 1042)
        done(asked(till, OnDemandFormat.FEC))
        page = self.sent(till, first_day="01/07/2026", last_day="30/06/2027").content.decode()
        assert "ont été numérotées" in page
        assert not BookYear.objects.exists()

    def test_neighbours_customer__is_no_choice(self) -> None:
        assert self.sent(shop(), tenant=str(shop().till.tenant_id)).status_code == 200
        assert not BookYear.objects.exists()
