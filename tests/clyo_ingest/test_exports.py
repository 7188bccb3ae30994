"""POST /exports, GET /exports/{id} and its file: what a till asks for, sees, and may not see."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from exports.runs.ask import ask_for_run
from exports.runs.models import ExportRun, RunFormat
from exports.runs.perform import perform
from simulators.clyo_till import __main__ as program
from simulators.clyo_till.identity import Identity
from tests.conftest import Caller
from tests.exports.runs.given import MARCH, asked, content_of, push, shop

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
    perform(ExportRun.objects.get().pk)
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
    run = ExportRun.objects.get()
    perform(run.pk)
    run.refresh_from_db()
    got = till.get(file)
    assert got.status_code == 200
    assert got.getvalue() == content_of(run)
    assert got["Content-Disposition"] == 'attachment; filename="XIMPORT.TXT"'


def test_export_to_exact__has_no_file() -> None:
    till = shop()
    answer = till.post("exports", {**RANGE, "format": "exact"})
    assert set(answer.json()["links"]) == {"self"}
    assert till.get(f"{path_of(answer)}/file").status_code == 404


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
    assert not ExportRun.objects.exists()


def test_year__with_its_leap_day_is_accepted() -> None:
    assert shop().post("exports", {"from": "2024-01-01", "to": "2024-12-31", "format": "fec"}).status_code == 202


@pytest.fixture
def run() -> ExportRun:
    """A finished file run of somebody."""
    till = shop()
    push(till, 1042)
    row = asked(till, RunFormat.CIEL)
    perform(row.pk)
    return row


@pytest.mark.parametrize("path", ["exports/{}", "exports/{}/file"])
def test_till__of_another_shop_does_not_see_it(run: ExportRun, path: str) -> None:
    neighbour = shop()
    sister = shop(establishment__tenant=run.tenant)
    for till in (neighbour, sister):
        assert till.get(path.format(run.pk)).status_code == 404
    assert Client().get(f"/api/v1/{path.format(run.pk)}").status_code == 401


def test_till__does_not_see_a_run_over_the_whole_customer() -> None:
    till = shop()
    row = ask_for_run(till.till.tenant, establishment=None, format=RunFormat.FEC, **MARCH)
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
        patch.setattr("time.sleep", lambda _: perform(ExportRun.objects.get().pk))
        return program.main()


MARCH_ARGUMENTS = ("--from", RANGE["from"], "--to", RANGE["to"], "--format")


def test_till_program__waits_for_the_file_and_tells_what_is_missing(
    live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = shop()
    push(till, 1042, 1045)
    assert till_program(till, live_server.url, tmp_path, *MARCH_ARGUMENTS, "ciel", "--out", str(tmp_path)) == 0
    written = tmp_path / "ciel-2026-03-01-2026-03-31.txt"
    assert written.read_bytes() == content_of(ExportRun.objects.get())
    assert "1043-1044" in capsys.readouterr().out


def test_till_program__exits_as_refused_when_no_file_could_be_made(
    live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = shop(establishment__tenant__siren="")
    push(till, 1042)
    assert till_program(till, live_server.url, tmp_path, *MARCH_ARGUMENTS, "fec", "--out", str(tmp_path)) == 1
    assert "SIREN" in capsys.readouterr().out
    assert not [*tmp_path.glob("*.txt")]
