"""The database's past came back: nothing that stands in Exact is booked again, and nothing that is missing is lost."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from clyo_ingest.keys import issue_key
from exact.activation.upkeep import consents_in_doubt, try_consent
from exact.api.client import http_of_thread
from exact.api.connection import renewed
from exact.lane.states import move
from exact.models import OPEN, Connection, Division, Lane, Past, Posting, PostingState
from exact.past import notice, say_came_back
from exports.models import StoredClosing
from exports.tasks import release
from exports.way.accept import reconsider
from exports.way.starts import say_start
from tenants.factories import TillFactory
from tests.backup import Backup
from tests.conftest import PARAMETERS, Caller, SimulatedExact, closing, work

ROUNDS = 40
# What PostgreSQL calls the place of the backup: another cluster, the timeline before, another database, another table.
PLACES = {
    "restored elsewhere": "7000000000000000001/00000001/5/16384",
    "restored in time": "{system}/00000000/{database}/{table}",
    "a dump that was read back": "{system}/{timeline}/{database}/1",
    "a standby that was behind": "{system}/00000000/{database}/{table}",
    "the last minutes": "{system}/00000000/{database}/{table}",
}
ODD = {"gross": "1400.00", "perpetual_before": "1.00", "perpetual_after": "9.00"}


def elsewhere(kind: str) -> str:
    system, timeline, database, table = Past.objects.latest("number").place.split("/")
    return PLACES[kind].format(system=system, timeline=timeline, database=database, table=table)


def push(till: Caller, number: int, **changes: object) -> str:
    answer = till.post("closings", closing(number, **changes))
    assert answer.status_code in (200, 201), answer.content
    identity: str = answer.json()["id"]
    return identity


def run(division: Division) -> None:
    """Let the lane work until nothing is open, with every wait over at once."""
    for _round in range(ROUNDS):
        Posting.objects.filter(division=division).update(not_before=timezone.now())
        Lane.objects.filter(division=division).update(paused_until=None, minute=None)
        work(division)
        if not Posting.objects.filter(division=division, state__in=OPEN).exists():
            return


def book_as_it_is(closing_id: str) -> None:
    reconsider(UUID(closing_id), why="", accept_problems=True)


def booked(exact: SimulatedExact, division: Division) -> Counter[str]:
    """How often each number of a closing stands in each journal of Exact."""
    return Counter(
        f"{(entry['reference'] or entry['lines'][-1]['description']).split('-')[0]} {entry['journal']}"
        for entry in exact.entries(division.code)
    )


def live(till: Caller, division: Division, kind: str = "restored in time") -> tuple[Backup, str]:
    """A backup, and what came after it: 1043 waited then and was sent, 1050 was held and mended, 1044 arrived, and 1045
    was not sent any more. Tokens stay as they are.

    A standby that was behind has 1043 as on its way; of the last minutes only the answers of Exact are lost.
    """
    push(till, 1042)
    run(division)
    push(till, 1043)
    held = push(till, 1050, totals=ODD, tickets=[])
    assert StoredClosing.objects.get(pk=held).state == "held"
    if kind == "the last minutes":
        push(till, 1044)
        book_as_it_is(held)
    with on_its_way(division) if kind == "a standby that was behind" else nullcontext():
        backup = Backup()
    if kind != "the last minutes":
        book_as_it_is(held)
        push(till, 1044)
    run(division)
    push(till, 1045)
    return backup, held


@contextmanager
def on_its_way(division: Division) -> Iterator[None]:
    """The first posting that waits was just taken by a worker."""
    first = Posting.objects.filter(division=division, state=PostingState.PENDING).earliest("turn")
    move(first, PostingState.SENDING, sending_since=timezone.now())
    yield
    move(first, PostingState.PENDING)


@pytest.mark.parametrize("kind", PLACES)
def test_past_came_back__everything_stands_once(
    linked: tuple[Caller, Division], exact: SimulatedExact, kind: str
) -> None:
    till, division = linked
    place = elsewhere(kind)
    backup, held = live(till, division, kind)
    tokens = Connection.objects.values().get()
    backup.restore(place=place)
    Connection.objects.update(**tokens)

    for number in (1042, 1043, 1044, 1045):
        push(till, number)
    run(division)
    book_as_it_is(held)
    run(division)

    numbers = (1042, 1043, 1044, 1045, 1050)
    assert booked(exact, division) == Counter(f"Z{number} {journal}" for number in numbers for journal in ("70", "30"))
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}


def lose(backup: Backup) -> None:
    """The past of a backup comes back, but for the consent, whose tokens Exact still takes."""
    place, tokens = elsewhere("restored in time"), Connection.objects.values().get()
    backup.restore(place=place)
    Connection.objects.update(**tokens)


def test_past_came_back__what_was_meant_otherwise_in_it_is_left_for_a_person(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    backup = Backup()
    other = [PARAMETERS["vat"][0] | {"sales_account": "706000"}, PARAMETERS["vat"][1]]  # type: ignore[index]
    assert till.put("parameters", PARAMETERS | {"vat": other}).status_code == 200
    push(till, 1042)
    run(division)
    stood = exact.entries(division.code)
    lose(backup)

    push(till, 1042)
    run(division)

    sale = Posting.objects.get(entry_kind="sales")
    assert sale.state == PostingState.DIFFERS
    assert {problem["code"] for problem in sale.problems} == {"line_differs_in_exact"}
    assert exact.entries(division.code) == stood


def test_past_came_back__an_entry_of_the_same_sums_stops_a_till_that_was_set_up_anew(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    backup = Backup()
    push(till, 1042)
    run(division)
    stood = exact.entries(division.code)
    lose(backup)

    row = TillFactory(establishment=till.till.establishment)
    anew = Caller(row, issue_key(row))
    anew.put("parameters", PARAMETERS)
    push(anew, 1042)
    run(division)

    sale = Posting.objects.get(entry_kind="sales")
    [problem] = sale.problems
    assert (sale.state, problem["code"]) == (PostingState.DIFFERS, "alike_in_exact")
    assert exact.entries(division.code) == stood


def test_past_came_back__what_is_of_a_later_day_is_sent_without_a_look(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    lose(Backup())
    push(till, 1042)
    run(division)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        day = f"{timezone.now():%Y-%m-%d}"
        push(till, 1043, business_date=day, opened_at=f"{day}T08:00:00Z", closed_at=f"{day}T22:00:00Z")
        run(division)

    doubted = {it.reference[:5]: it.doubted_at is not None for it in Posting.objects.all()}
    assert doubted == {"Z1042": True, "Z1043": False}
    assert Past.objects.count() == 2


def test_past_came_back__a_consent_whose_tokens_are_spent_is_known_and_said(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    assert consents_in_doubt() == []
    backup, place = Backup(), elsewhere("restored in time")
    exact.control("tokens/expire", client_id="demo-client", user=f"compta{division.code}@example.fr")
    renewed(division.connection_id, http=http_of_thread(), anyway=True)
    backup.restore(place=place)
    assert till.get("till").json()["activation"]["state"] == "active"

    doubted = consents_in_doubt()
    for connection_id in doubted:
        try_consent(connection_id)

    assert doubted == [division.connection_id]
    assert till.get("till").json()["activation"]["state"] == "reconnect_required"
    assert till.get("activation").json()["state"] == "reconnect_required"
    assert consents_in_doubt() == []


def test_past_came_back__a_consent_that_holds_is_told_from_one_that_is_gone(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    lose(Backup())
    [doubted] = consents_in_doubt()
    try_consent(doubted)
    assert till.get("till").json()["activation"]["state"] == "active"
    exact.control("tokens/expire", client_id="demo-client", user=f"compta{division.code}@example.fr")
    try_consent(doubted)
    assert till.get("till").json()["activation"]["state"] == "active"
    assert consents_in_doubt() == []


def test_past_came_back__said_by_an_operator_is_looked_up_too(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    backup, held = live(till, division)
    tokens = Connection.objects.values().get()
    backup.restore(place="")
    Connection.objects.update(**tokens)
    assert Past.objects.count() == 1
    say_came_back("a snapshot of the volume was put back")

    for number in (1042, 1043, 1044, 1045):
        push(till, number)
    run(division)
    book_as_it_is(held)
    run(division)
    assert {*booked(exact, division).values()} == {1}


def after_restore(*options: str) -> str:
    out = StringIO()
    call_command("after_restore", *options, stdout=out)
    return out.getvalue()


def test_after_restore__adopts_what_is_known_names_the_rest_and_may_be_run_twice(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked
    assert "never came back" in after_restore()
    place = elsewhere("restored in time")
    backup, held = live(till, division)
    tokens = Connection.objects.values().get()
    backup.restore(place=place)
    Connection.objects.update(**tokens)

    looked = after_restore()
    assert "adopted 0" in looked
    found = [line.split(":")[0].strip() + line.rpartition("-")[0].split()[-1][:5] for line in looked.splitlines()[2:-1]]
    here, unknown = "of a closing that is here", "of no closing"
    assert Counter(found) == Counter([*[f"{here}Z1043", f"{here}Z1050", f"{unknown}Z1044"] * 2])
    assert looked.endswith("2 entries are left for tills and people.\n")

    push(till, 1044)
    calls = exact.calls(division.code)["total"]
    assert "adopted 4" in after_restore("--adopt")
    assert exact.calls(division.code)["total"] - calls == 1
    assert "adopted 0" in after_restore("--adopt")
    run(division)
    book_as_it_is(held)
    run(division)
    assert after_restore("--adopt").endswith("Nothing is left.\n")
    assert {*booked(exact, division).values()} == {1}
    assert {*StoredClosing.objects.values_list("state", flat=True)} == {"exported"}


def test_after_restore__names_what_nothing_looks_for_any_more_however_often_it_is_run(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    """1042 was set aside, and looked at again in the lost past; 1043 came then, and its till never sends it again."""
    till, division = linked
    closing_id = UUID(push(till, 1042))
    say_start(till.till.establishment_id, date(2026, 3, 20))
    release()
    assert StoredClosing.objects.get().state == "archived"
    backup = Backup()
    say_start(till.till.establishment_id, None)
    release()
    push(till, 1043)
    run(division)
    assert StoredClosing.objects.get(pk=closing_id).state == "exported"
    lose(backup)
    notice()
    push(
        till,
        1050,
        business_date="2026-03-25",
        opened_at="2026-03-25T09:00:00+01:00",
        closed_at="2026-03-25T23:00+01:00",
    )
    for _time in range(2):
        looked = after_restore("--adopt")
        assert looked.count("of a closing that is over here") == 2
        assert looked.count("of no closing") == 2
        assert looked.endswith("4 entries are left for tills and people.\n")
        run(division)


def test_after_restore__leaves_what_differs_to_the_lane(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    backup = Backup()
    other = [PARAMETERS["vat"][0] | {"sales_account": "706000"}, PARAMETERS["vat"][1]]  # type: ignore[index]
    assert till.put("parameters", PARAMETERS | {"vat": other}).status_code == 200
    push(till, 1042)
    run(division)
    lose(backup)
    push(till, 1042)
    assert "adopted 1" in after_restore("--adopt", "--since", "2026-03-01")
    assert {*Posting.objects.values_list("entry_kind", "state")} == {("sales", "pending"), ("receipts", "posted")}


def test_till__is_asked_for_what_the_past_may_have_lost(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    assert till.get("till").json()["send_again"] is None
    lose(Backup())
    notice()
    assert till.get("till").json()["send_again"] == {"number": 2, "since": None}
    push(till, 1042)
    assert till.get("till").json()["send_again"] == {"number": 2, "since": None}
    say_came_back("again")
    asked = till.get("till").json()["send_again"]
    received = StoredClosing.objects.get().created_at
    assert (asked["number"], datetime.fromisoformat(asked["since"])) == (3, received - timedelta(days=1))
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        assert till.get("till").json()["send_again"] is None
