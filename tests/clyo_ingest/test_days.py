"""The calendar: a day that has not come is held; a day is the shop's, whatever offset the till tells it in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tenants.models import Establishment
from tests.clyo_ingest.given import codes
from tests.conftest import Caller, closing

NIGHT_TOLD_IN_UTC: dict[str, Any] = {  # 00:05 to 01:50 in Paris, on 15 July
    "business_date": "2026-07-15",
    "opened_at": "2026-07-14T22:05:00Z",
    "closed_at": "2026-07-14T23:50:00Z",
}


def on(day: date, **more: Any) -> dict[str, Any]:
    return {
        "business_date": day.isoformat(),
        "opened_at": f"{day}T08:55:00+01:00",
        "closed_at": f"{day}T23:40:00+01:00",
        **more,
    }


def test_future__is_held_and_says_so(till: Caller) -> None:
    in_a_year = datetime.now(UTC).date() + timedelta(days=365)
    answer = till.post("closings", closing(**on(in_a_year)))
    assert (answer.status_code, answer.json()["state"], codes(answer)) == (201, "held", {"business_date_future": True})
    said = answer.json()["problems"][0]
    assert said["pointer"] == "/business_date"
    assert in_a_year.strftime("%d/%m/%Y") in said["message"]


def test_future__of_a_training_closing_only_warns(till: Caller) -> None:
    answer = till.post("closings", closing(**on(datetime.now(UTC).date() + timedelta(days=365)), training=True))
    assert (answer.json()["state"], codes(answer)) == ("archived", {"business_date_future": False})


@pytest.mark.parametrize(
    ("now", "held"),
    [
        ("2026-03-14T20:59:00+01:00", True),
        ("2026-03-14T21:01:00+01:00", False),  # three hours of clocks that differ
        ("2026-03-15T09:00:00+01:00", False),
    ],
)
def test_future__begins_three_hours_before_midnight_in_france(till: Caller, now: str, held: bool) -> None:
    tomorrow = on(date(2026, 3, 15), opened_at="2026-03-15T00:05:00+01:00", closed_at="2026-03-15T00:10:00+01:00")
    with time_machine.travel(datetime.fromisoformat(now), tick=True):
        answer = till.post("closings", closing(**tomorrow))
    assert codes(answer) == ({"business_date_future": True} if held else {})


def test_future__is_the_shop_s_own_overseas(till: Caller) -> None:
    """00:30 on the 15th in Réunion is 21:30 on the 14th in Paris; six hours before that the 15th is to come."""
    Establishment.objects.filter(pk=till.till.establishment_id).update(time_zone="Indian/Reunion")
    night = on(date(2026, 3, 15), opened_at="2026-03-15T00:05:00+04:00", closed_at="2026-03-15T00:10:00+04:00")
    with time_machine.travel(datetime(2026, 3, 14, 16, 59, tzinfo=UTC), tick=True):
        assert codes(till.post("closings", closing(1042, **night))) == {"business_date_future": True}
    with time_machine.travel(datetime(2026, 3, 14, 17, 1, tzinfo=UTC), tick=True):
        assert codes(till.post("closings", closing(1043, **night))) == {}


def test_day__told_in_utc_is_the_french_day(till: Caller) -> None:
    assert codes(till.post("closings", closing(**NIGHT_TOLD_IN_UTC))) == {}


def test_day__told_in_utc_is_no_other_day(till: Caller) -> None:
    answer = till.post("closings", closing(**NIGHT_TOLD_IN_UTC | {"business_date": "2026-07-16"}))
    assert codes(answer) == {"business_date": True}
