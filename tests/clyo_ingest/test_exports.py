"""POST /exports, GET /exports/{id} and its file: what a till asks for, sees, and may not see."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from exact.models import Division
from on_demand.ask import ask_for_export
from on_demand.models import OnDemandExport, OnDemandFormat
from on_demand.perform import perform
from simulators.clyo_till import __main__ as program
from simulators.clyo_till.identity import Identity
from tests.conftest import Caller, SimulatedExact, work
from tests.ledger.given import pay, sale
from tests.on_demand.given import MARCH, asked, content_of, page_of, push, shop

pytestmark = pytest.mark.django_db(transaction=True)

RANGE = {"from": "2026-03-01", "to": "2026-03-31"}
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


def path_of(answer: Any) -> str:
    link: str = answer.json()["links"]["self"]
    return link.partition("/api/v1/")[2]


def test_export__is_accepted_then_tells_its_progress_and_closings() -> None:
    till = shop()
    push(till, 1042)
    answer = till.post("exports", {**RANGE, "format": "fec", "email": "compta@example.fr"})
    assert answer.status_code == 202
    assert set(answer.json()) == {"id", "links"}
    queued = till.get(path_of(answer)).json()
    assert (queued["state"], queued["progress"]) == ("queued", {"done": 0, "total": 0})
    perform(OnDemandExport.objects.get().pk)
    done = till.get(path_of(answer)).json()
    assert (done["state"], done["progress"]) == ("done", {"done": 2, "total": 2})
    assert [(it["number"], it["state"], it["taken"]) for it in done["closings"]] == [(1042, "waiting", True)]


def test_file__has_the_very_bytes_that_were_made() -> None:
    till = shop()
    push(till, 1042)
    answer = till.post("exports", {**RANGE, "format": "ciel"})
    file = answer.json()["links"]["file"].partition("/api/v1/")[2]
    early = till.get(file)
    assert (early.status_code, early.json()["code"], early["Retry-After"]) == (409, "export_not_done", "5")
    export = OnDemandExport.objects.get()
    perform(export.pk)
    export.refresh_from_db()
    got = till.get(file)
    assert got.status_code == 200
    assert got.getvalue() == content_of(export)
    assert got["Content-Disposition"] == 'attachment; filename="XIMPORT.TXT"'


def test_export_to_exact__has_no_file() -> None:
    till = shop()
    answer = till.post("exports", {**RANGE, "format": "exact"})
    assert set(answer.json()["links"]) == {"self"}
    file = till.get(f"{path_of(answer)}/file")
    assert (file.status_code, file.json()["code"]) == (404, "export_has_no_file")


def finished(till: Caller, format: str) -> Any:
    """What a till is told of an export over March once workers are done with it."""
    answer = till.post("exports", {**RANGE, "format": format})
    perform(UUID(answer.json()["id"]))
    return till.get(path_of(answer)).json()


def told(answer: Any) -> list[tuple[str, int]]:
    """The summary's reasons: their codes, and of how many closings."""
    assert answer["summary"]["taken"] == sum(it["taken"] for it in answer["closings"])
    assert answer["summary"]["left"] == len(answer["closings"]) - answer["summary"]["taken"]
    return [(it["code"], it["count"]) for it in answer["summary"]["reasons"]]


def test_export_to_exact__of_a_shop_that_is_not_linked_says_that_nothing_went() -> None:
    till = shop()
    push(till, 1042, 1045)
    answer = finished(till, "exact")
    assert (answer["state"], told(answer)) == ("done", [("run_waiting", 2)])
    assert (answer["summary"]["taken"], answer["summary"]["missing"]) == (0, 2)
    assert [it["code"] for it in answer["problems"]] == ["run_left_out", "run_waiting"]
    assert "Z 1042" in answer["problems"][0]["message"]


def test_file__without_a_held_day_says_which_and_why() -> None:
    till = shop()
    push(till, 1042)
    unknown_slot = {"sales": [sale(2, "100.00", "10.00") | {"vat": 7}], "payments": [pay("CB", "110.00")]}
    push(till, 1043, **unknown_slot, other_receipts=[], cash=None, totals=None)
    push(till, 1044, training=True)
    answer = finished(till, "ciel")
    assert answer["state"] == "done"
    assert told(answer) == [("slot_unmapped", 1), ("run_training", 1)]
    (problem,) = answer["problems"]
    assert (problem["code"], problem["blocking"]) == ("run_left_out", False)
    assert "Z 1043" in problem["message"]
    assert "Z 1042" not in problem["message"]
    assert " ".join(problem["message"].split()) in page_of(OnDemandExport.objects.get(), till)
    assert till.get(answer["links"]["file"].partition("/api/v1/")[2]).status_code == 200


def test_second_file__says_that_the_first_has_it() -> None:
    till = shop()
    push(till, 1042)
    assert told(finished(till, "ciel")) == []
    push(till, 1043)
    assert told(finished(till, "ciel")) == [("run_in_earlier_file", 1)]


def test_failed_export__has_no_file_and_says_so() -> None:
    till = shop(establishment__tenant__siren="")
    push(till, 1042)
    answer = finished(till, "fec")
    assert (answer["state"], told(answer)) == ("failed", [("run_no_file", 1)])
    assert set(answer["links"]) == {"self"}
    file = till.get(f"exports/{answer['id']}/file")
    assert (file.status_code, file.json()["code"]) == (404, "export_has_no_file")
    assert "aucun fichier" in file.json()["detail"]


def test_closing__that_came_after_an_export_ended_is_not_in_it() -> None:
    till = shop()
    push(till, 1042)
    identity = finished(till, "ciel")["id"]
    push(till, 1043)
    assert told(till.get(f"exports/{identity}").json()) == [("run_not_looked_at", 1)]


def test_summary__counts_nothing_that_was_not_looked_at_yet() -> None:
    till = shop()
    push(till, 1042)
    queued = till.get(path_of(till.post("exports", {**RANGE, "format": "fec"}))).json()
    assert queued["summary"] == {"taken": 0, "left": 0, "missing": 0, "reasons": []}
    assert "file" in queued["links"]


def test_export_to_exact__that_exact_refused_is_left(linked: tuple[Caller, Division], exact: SimulatedExact) -> None:
    till, division = linked
    for journal in ("70", "30"):
        exact.control("periods", division=division.code, year=2026, period=3, journal=journal, status="closed")
    push(till, 1042)
    answer = till.post("exports", {**RANGE, "format": "exact"})
    perform(UUID(answer.json()["id"]))
    work(division)
    perform(UUID(answer.json()["id"]))
    done = till.get(path_of(answer)).json()
    assert (done["state"], done["closings"][0]["state"]) == ("done", "failed")
    assert told(done) == [("run_not_posted", 1)]
    assert [it["code"] for it in done["problems"]] == ["run_left_out"]


def test_missing__names_the_numbers_that_never_came() -> None:
    till = shop()
    push(till, 1042, 1047, 1045)
    answer = till.get(path_of(till.post("exports", {**RANGE, "format": "exact"}))).json()
    assert [(it["kind"], it["first"], it["last"]) for it in answer["missing"]] == [
        ("general", 1043, 1044),
        ("general", 1046, 1046),
    ]


def test_same_question__while_it_runs_is_the_same_export() -> None:
    till = shop()
    first, again = (till.post("exports", {**RANGE, "format": "fec"}).json()["id"] for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"from": "2026-03-31", "to": "2026-03-01"}, "/to", "period_reversed"),
        ({"to": TOMORROW, "from": TOMORROW}, "/to", "period_in_future"),
        ({"from": "2024-12-31", "to": "2026-01-01"}, "/to", "period_too_long"),
        ({"from": "31/03/2026"}, "/from", "date_from_datetime_parsing"),
        ({"from": None}, "/from", "date_type"),
        ({"format": "pdf"}, "/format", "literal_error"),
        ({"email": "nobody"}, "/email", "email_invalid"),
        ({"email": "a@b.fr\nBcc: x@y.fr"}, "/email", "email_invalid"),
    ],
)
def test_export__that_is_not_possible_is_refused_with_its_pointer(change: Any, pointer: str, code: str) -> None:
    till = shop()
    answer = till.post("exports", {**RANGE, "format": "fec", **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "export_invalid")
    assert (pointer, code) in [(it["pointer"], it["code"]) for it in answer.json()["errors"]]
    assert not OnDemandExport.objects.exists()


def test_year__with_its_leap_day_is_accepted() -> None:
    assert shop().post("exports", {"from": "2024-01-01", "to": "2024-12-31", "format": "fec"}).status_code == 202


@pytest.fixture
def export() -> OnDemandExport:
    """A finished file export of somebody."""
    till = shop()
    push(till, 1042)
    row = asked(till, OnDemandFormat.CIEL)
    perform(row.pk)
    return row


@pytest.mark.parametrize("path", ["exports/{}", "exports/{}/file"])
def test_till__of_another_shop_does_not_see_it(export: OnDemandExport, path: str) -> None:
    neighbour = shop()
    sister = shop(establishment__tenant=export.tenant)
    for till in (neighbour, sister):
        assert till.get(path.format(export.pk)).status_code == 404
    assert Client().get(f"/api/v1/{path.format(export.pk)}").status_code == 401


def test_till__does_not_see_an_export_over_the_whole_customer() -> None:
    till = shop()
    row = ask_for_export(till.till.tenant, establishment=None, format=OnDemandFormat.FEC, **MARCH)
    assert till.get(f"exports/{row.pk}").status_code == 404


def test_till__that_is_suspended_asks_for_nothing(till: Caller) -> None:
    till.till.suspended_at = timezone.now()
    till.till.save(update_fields=["suspended_at"])
    assert till.post("exports", {**RANGE, "format": "fec"}).status_code == 403


def till_program(till: Caller, server: str, home: Path, *arguments: str) -> int:
    """The simulated till's own program, paired as this till. Returns how it exits."""
    Identity(server=server, key=till.key).save(home / "till")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["clyo_till", "export", "--state", str(home / "till"), *arguments])
        patch.setattr("time.sleep", lambda _: perform(OnDemandExport.objects.get().pk))
        return program.main()


MARCH_ARGUMENTS = ("--from", RANGE["from"], "--to", RANGE["to"], "--format")


def test_till_program__waits_for_the_file_and_tells_what_is_missing(
    live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = shop()
    push(till, 1042, 1045)
    assert till_program(till, live_server.url, tmp_path, *MARCH_ARGUMENTS, "ciel", "--out", str(tmp_path)) == 0
    written = tmp_path / "ciel-2026-03-01-2026-03-31.txt"
    assert written.read_bytes() == content_of(OnDemandExport.objects.get())
    assert "1043-1044" in capsys.readouterr().out


def test_till_program__exits_as_refused_when_no_file_could_be_made(
    live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = shop(establishment__tenant__siren="")
    push(till, 1042)
    assert till_program(till, live_server.url, tmp_path, *MARCH_ARGUMENTS, "fec", "--out", str(tmp_path)) == 1
    assert "SIREN" in capsys.readouterr().out
    assert not [*tmp_path.glob("*.txt")]
