"""A file for import cannot undo an earlier one: closings of it that count no more, or again, are told once."""

from datetime import date
from typing import Any

import pytest

from exports.models import SetAside
from exports.way.set_aside import set_aside, take_back
from on_demand.models import FOR_IMPORT, OnDemandExport, OnDemandFormat
from tenants.factories import SupportFactory
from tests.conftest import Caller
from tests.correcting import correct, other, refused
from tests.ledger.files.readers.line import balances
from tests.on_demand.given import READERS, asked, content_of, done, page_of, push, shop

pytestmark = pytest.mark.django_db(transaction=True)
SAME_DAY = {"opened_at": "2026-03-14T08:55:00+01:00", "closed_at": "2026-03-14T23:40:00+01:00"}


def said(export: OnDemandExport) -> list[tuple[str, str]]:
    return [(it["code"], it["facts"].get("closings", "")) for it in export.problems]


def ciel(till: Caller, **more: Any) -> OnDemandExport:
    return done(asked(till, OnDemandFormat.CIEL, **more))


@pytest.mark.parametrize("format", FOR_IMPORT)
def test_corrected_version_in_the_next_file__the_former_one_is_named(format: OnDemandFormat) -> None:
    till = shop()
    [former] = push(till, 1042)
    done(asked(till, format))
    correct(refused(till, other(**SAME_DAY)))
    second = done(asked(till, format))
    assert said(second) == [("import_gone_since", former.full_name)]
    assert "retirez leurs écritures de la comptabilité à la main" in page_of(second, till)
    assert balances(READERS[format](content_of(second)))["706000"] < -1009
    assert second.takings["bridge"]["tills"] == "1410.00"


def test_month_after__is_told_of_days_before_it_and_once() -> None:
    till = shop()
    [former] = push(till, 1042)
    ciel(till)
    set_aside(former.pk, actor=SupportFactory(), why="typed by hand")
    push(
        till, 1043, business_date="2026-04-02", **{it: when.replace("03-14", "04-02") for it, when in SAME_DAY.items()}
    )
    april = ciel(till, first=date(2026, 4, 1), last=date(2026, 4, 30))
    assert said(april) == [("import_gone_since", former.full_name)]
    assert april.takings["bridge"]["tills"] == "1400.00"
    push(till, 1044)
    assert said(ciel(till)) == []


def test_counted_again_after_that_was_said__is_told_and_once_more_in_all_again() -> None:
    till = shop()
    [former, *_others] = push(till, 1042, 1043)
    ciel(till)
    set_aside(former.pk, actor=(support := SupportFactory()), why="typed by hand")
    push(till, 1044)
    assert said(ciel(till)) == [("import_gone_since", former.full_name)]
    take_back(former.pk, actor=support, why="was not", shown=str(SetAside.objects.get().pk))
    push(till, 1045)
    assert said(ciel(till)) == [("import_back_since", former.full_name)]
    push(till, 1046)
    assert said(ciel(till)) == []
    again = ciel(till, again=True)
    assert [code for code, _closings in said(again)] == ["run_again"]


def test_before_it_was_said__nothing_happened() -> None:
    till = shop()
    [former] = push(till, 1042)
    ciel(till)
    set_aside(former.pk, actor=(support := SupportFactory()), why="typed by hand")
    take_back(former.pk, actor=support, why="was not", shown=str(SetAside.objects.get().pk))
    push(till, 1043)
    assert said(ciel(till)) == []
