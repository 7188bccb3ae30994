"""A closing that a file holds, and for which others stand since: the next file undoes it once."""

from datetime import UTC, datetime

import pytest
import time_machine

from exports.models import SetAside
from exports.way.set_aside import set_aside, take_back
from on_demand.models import OnDemandFormat
from on_demand.preview import preview
from tenants.factories import SupportFactory
from tests.exports.coverage.covering import codes, general, push, pushed, station
from tests.on_demand.given import asked, done, shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_covered_by_others_since__is_undone_once_and_its_sales_are_in_the_file_once() -> None:
    """The GÉNÉRALE was delivered, set aside, told again by its POSTES, and looked at again: these stand for it now."""
    till = shop()
    whole = pushed(till, general())
    with time_machine.travel(datetime(2026, 4, 2, 9, tzinfo=UTC), tick=True):
        done(asked(till, OnDemandFormat.FEC))
    someone = SupportFactory()
    set_aside(whole.pk, actor=someone, why="Deux fois")
    push(till, station("1"), station("2"))
    word = SetAside.objects.get()
    take_back(whole.pk, actor=someone, why="Si", shown=str(word.pk))
    assert codes(whole) == ["checked_against"]
    for day in (3, 4):
        with time_machine.travel(datetime(2026, 4, day, 9, tzinfo=UTC), tick=True):
            export = done(asked(till, OnDemandFormat.FEC))
        assert export.takings is not None
        assert (export.takings["bridge"]["steps"], export.takings["bridge"]["booked"]) == ([], "1400.00")
        assert preview(export).bridge.to_document() == export.takings["bridge"]
