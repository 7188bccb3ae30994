"""Which series of tickets a till tells, in whatever order tills are replaced and taken up again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

from exports.coverage.anew import Anew, anew_within, tickets_of
from ledger.closing import Closing
from tests.conftest import ROOT, closing

ROOT_TILL, THIRD = 1, 99
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MORE = timedelta(hours=1)
DAY = timedelta(days=1)
ZERO = timedelta()


def histories() -> Iterator[list[Anew]]:
    """All that three events can make of one till: its last device is replaced, or an earlier one taken up again."""
    for choice in product(range(4), repeat=3):
        rows: list[Anew] = []
        own, in_use = {ROOT_TILL: 1}, ROOT_TILL
        for place, back_to in enumerate(choice):
            tills = [*own]
            is_back = back_to < len(tills) and tills[back_to] != in_use
            till = tills[back_to] if is_back else len(own) + 1
            own.setdefault(till, max(own.values()) + 1)
            since = BEGIN + timedelta(days=place)
            rows.append(Anew(station="1", since=since, former=in_use, till=till, series=own[till]))
            in_use = till
        yield rows


@cache
def opened(at: datetime) -> Closing:
    hours = {"opened_at": at.isoformat(), "closed_at": (at + MORE).isoformat()}
    return Closing.from_document(closing(1, tickets=[{"station": "1", "first": 1, "last": 9, "count": 9}], **hours))


def station_of(till: int, at: datetime, rows: list[Anew]) -> str:
    [span] = tickets_of(opened(at), till, rows)
    return span.station


def test_each_till__keeps_its_own_series_and_others_tell_that_of_the_one_in_use() -> None:
    for rows in histories():
        own = {ROOT_TILL: "1"} | {row.till: f"1 ({row.series})" for row in rows if row.till != ROOT_TILL}
        assert len({*own.values()}) == len(own)
        in_use = ROOT_TILL
        for at in (BEGIN - MORE, *(row.since for row in rows)):
            in_use = next((row.till for row in rows if row.since == at), in_use)
            assert {till: station_of(till, at, rows) for till in own} == own
            assert station_of(THIRD, at, rows) == own[in_use]


def test_two_in_use__a_third_till_is_asked_until_one_of_them_is_put_away() -> None:
    began = [
        Anew(station="1", since=BEGIN, former=1, till=2, series=2),
        Anew(station="1", since=BEGIN + DAY, former=2, till=1, series=1, beside=True),
        Anew(station="1", since=BEGIN + 2 * DAY, former=2, till=3, series=3),
        Anew(station="1", since=BEGIN + 3 * DAY, former=3, till=1, series=1),
    ]
    asked = {place: codes_at(THIRD, BEGIN + place * DAY + MORE, began) for place in range(-1, 4)}
    assert asked == {-1: [], 0: [], 1: [DAY], 2: [2 * DAY], 3: []}
    assert [codes_at(till, BEGIN + DAY + MORE, began) for till in (1, 2)] == [[], []]
    # Of what a till tells of the hours in which another was in its place, others told tickets of that one's series.
    assert [codes_at(1, BEGIN + MORE, began), codes_at(2, BEGIN + 3 * DAY, began)] == [[ZERO], [2 * DAY]]
    alike_again = Anew(station="1", since=BEGIN + 2 * DAY, former=11, till=12, series=4)
    assert codes_at(THIRD, BEGIN + 2 * DAY + MORE, [*began[:2], alike_again]) == []


def codes_at(till: int, at: datetime, rows: list[Anew]) -> list[timedelta]:
    """Since when, counted from the first beginning, a closing of that hour is asked about."""
    return [datetime.fromisoformat(it.facts["since"]) - BEGIN for it in anew_within(opened(at), till, rows)]


def test_tickets__are_compared_by_what_one_place_makes_of_them() -> None:
    """A document's tickets without their series would meet those of before."""
    rooms = (ROOT / room for room in ("exports", "clyo_ingest", "on_demand", "concerns", "integration"))
    found = [path for room in rooms for path in room.rglob("*.py") if "TicketSet.of(" in path.read_text()]
    assert [path.relative_to(ROOT).as_posix() for path in found] == ["exports/coverage/anew.py"]
