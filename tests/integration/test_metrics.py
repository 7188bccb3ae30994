"""What Prometheus reads: true, bounded, of no customer by name, at an inner port only; and without a database too."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings as product
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.utils import timezone
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from concerns.models import Channel, Letter, LetterKind, LetterState, Webhook
from exact.models import NEEDS_A_PERSON, OPEN, Connection, Division, Lane, PauseCode, Posting
from exact.tasks import sweep
from exports.models import StoredClosing
from integration.heartbeat import FOLDER
from integration.mail_counted import REFUSED, SENT, UNREACHABLE
from integration.metrics import figures_sql
from integration.metrics.beats import Beats
from integration.metrics.figures import FIGURES, WITHIN_MINUTES, WITHIN_SECONDS, Figures, families, read, read_slow
from integration.metrics.requests import AREAS, METHODS
from integration.metrics.server import Server
from tenants.factories import StaffFactory
from tests.conftest import Caller, closing, work
from tests.integration.test_broker import home, valkey
from tests.integration.test_health import moved
from tests.world import world
from tools.stack.processes import Processes
from tools.stack.programs import Running, free_port
from tools.stack.services import CLONE

__all__ = ["home", "moved", "valkey"]

WAIT_S = 60
# What may stand in a label, so that a year of customers makes no more series than a day.
LABELS = {"state", "reason", "window", "of", "task", "outcome", "method", "area", "status", "kind", "which", "le"} | {
    *("version", "python", "generation", "implementation", "major", "minor", "patchlevel")
}


def now() -> dict[tuple[str, str], float]:
    """Every figure of the database: by the metric's name and its label's value."""
    found = [*families(read(figures_sql.QUICK), WITHIN_SECONDS), *families(read_slow(), WITHIN_MINUTES)]
    return {(it.name, "".join(sample.labels.values())): sample.value for it in found for sample in it.samples}


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_figures__of_an_empty_service_are_all_there(db: None) -> None:
    served = now()
    assert {name for name, _label in served} >= {it.name for it in FIGURES.values()} - {"clyo_wal_archive_failing"}
    assert served.pop(("clyo_database_bytes", "")) > 0
    served.pop(("clyo_wal_archive_failing", ""), None)
    assert {key: value for key, value in served.items() if value} == {
        ("clyo_exact_budget_left_ratio", "minute"): 1,
        ("clyo_exact_budget_left_ratio", "day"): 1,
    }


def test_figures__of_a_lane_that_stands_still(linked: tuple[Caller, Division]) -> None:
    till, division = linked
    assert till.post("closings", closing()).status_code == 201
    of_it = Posting.objects.filter(division=division)
    waiting = of_it.count()
    with connection.cursor() as sql:
        sql.execute("UPDATE exact_posting SET created_at = now() - interval '2 hours'")
        sql.execute("UPDATE exact_activation SET activated_at = now() - interval '1 day'")
    Lane.objects.filter(division=division).delete()
    going = now()
    assert going["clyo_postings", "pending"] == waiting > 0
    assert 7200 <= going["clyo_oldest_ready_posting_seconds", ""] < 7300
    assert (going["clyo_lanes_with_work", ""], going["clyo_lanes_standing", "unavailable"]) == (1, 0)

    paused = {"paused_until": timezone.now() + timedelta(minutes=9), "pause_code": PauseCode.UNAVAILABLE}
    lane = Lane.objects.create(division=division, tenant=till.till.tenant, day_calls=4000, **paused)
    Lane.objects.filter(pk=lane.pk).update(day=timezone.now().date())
    standing = now()
    assert standing["clyo_oldest_ready_posting_seconds", ""] == 0
    assert (standing["clyo_lanes_with_work", ""], standing["clyo_lanes_standing", "unavailable"]) == (1, 1)
    assert standing["clyo_exact_budget_left_ratio", "day"] == pytest.approx(0.2)

    Lane.objects.filter(pk=lane.pk).update(paused_until=timezone.now() - timedelta(seconds=30))
    assert 30 <= now()["clyo_oldest_ready_posting_seconds", ""] < 120, "it waits since the lane may go"
    Lane.objects.all().delete()
    work(division)
    done = now()
    assert (done["clyo_postings", "pending"], done["clyo_oldest_ready_posting_seconds", ""]) == (0, 0)


def test_figures__of_consents_gaps_and_books(linked: tuple[Caller, Division]) -> None:
    till, _division = linked
    assert now()["clyo_connections", "active"] == 1
    Connection.objects.update(access_issued_at=timezone.now() - timedelta(days=21))
    Division.objects.update(reconciled_at=timezone.now() - timedelta(days=3))
    for number in (1042, 1045):
        assert till.post("closings", closing(number)).status_code == 201
    found = now()
    assert (found["clyo_connections", "active"], found["clyo_connections", "lapsing"]) == (0, 1)
    assert found["clyo_companies_not_compared", ""] == 1
    assert found["clyo_closing_gaps", ""] == 1
    for number, gaps in ((1043, 1), (1044, 0)):
        assert till.post("closings", closing(number)).status_code == 201
        assert now()["clyo_closing_gaps", ""] == gaps


def test_figures__count_what_the_world_has(db: None) -> None:
    world()
    found = now()
    for state in ("held", "waiting", "failed"):
        assert found["clyo_closings", state] == StoredClosing.objects.filter(state=state).count()
    for state in (*OPEN, *NEEDS_A_PERSON):
        assert found["clyo_postings", state.value] == Posting.objects.filter(state=state).count()
    assert sum(found["clyo_closings", state] for state in ("held", "waiting", "failed")) > 0


def test_figures__of_webhooks_count_what_could_go_and_what_ended_by_itself(db: None) -> None:
    person, hour_ago = StaffFactory(), timezone.now() - timedelta(hours=1)
    made = {"person": person, "kind": LetterKind.AT_ONCE, "day": hour_ago.date(), "lines": [{}], "made_at": hour_ago}
    Letter.objects.create(**made, channel=Channel.WEBHOOK, state=LetterState.DUE)
    hook = Webhook.objects.create(person=person, address="https://a.example/", shown_as="a", key="k")
    waiting = now()
    assert 3590 <= waiting["clyo_oldest_webhook_letter_seconds", ""] < 3700
    assert waiting["clyo_letters_late", ""] == 0, "a mail server is not to blame"
    Letter.objects.update(not_before=timezone.now() + timedelta(hours=3))
    assert now()["clyo_oldest_webhook_letter_seconds", ""] == 0, "its receiver is waited for"
    Letter.objects.update(not_before=timezone.now() - timedelta(minutes=5))
    assert 290 <= now()["clyo_oldest_webhook_letter_seconds", ""] < 400, "it could go since then"
    states: tuple[tuple[str, dict[str, Any]], ...] = (
        ("well", {}),
        ("failing", {"failing_since": hour_ago}),
        ("off", {"off_at": hour_ago}),
        ("ended", {"off_by_itself": True}),
    )
    for state, change in states:
        Webhook.objects.filter(pk=hook.pk).update(**change)
        found = now()
        assert {it for it in ("well", "failing", "off", "ended") if found["clyo_webhooks", it]} == {state}


def test_states__written_out_are_those_of_the_models() -> None:
    lists = [
        {*re.findall(r"'(\w+)'", found)} for found in re.findall(r"p?\.?state IN \(([^)]*)\)", figures_sql.POSTINGS)
    ]
    assert lists == [{*OPEN}, {*NEEDS_A_PERSON}, {*NEEDS_A_PERSON}]


def test_scrape__without_database_answers_and_says_so(moved: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    figures = Figures()
    assert {it.name: it.samples[0].value for it in figures.collect()}["clyo_database_up"] == 1
    monkeypatch.setattr("integration.metrics.figures.GOOD_FOR_S", 0.0)
    figures = Figures()
    moved["PORT"] = free_port()
    served = {it.name: it.samples[0].value for it in figures.collect()}
    assert served == {"clyo_database_up": 0, "clyo_week_figures_up": 0}


def labels_of(families: Iterable[Metric]) -> set[str]:
    return {label for family in families for sample in family.samples for label in sample.labels}


def test_labels__name_no_customer_and_have_few_values(transactional_db: None) -> None:
    here = world()
    served = [*REGISTRY.collect(), *Figures().collect(), *Beats("worker", dict).collect()]
    assert labels_of(served) <= LABELS
    values = {value for family in served for sample in family.samples for value in sample.labels.values()}
    ours = {here.own.tenant.name, str(here.own.tenant.pk), here.own.mark, str(here.own.caller.till.pk)}
    numbers = {value for value in values if value.isdigit()}
    assert not values & (ours - numbers)
    statuses = {s.labels["status"] for f in served for s in f.samples if "status" in s.labels}
    assert all(len(it) == 3 for it in statuses)


def test_requests__are_counted_by_area_method_and_answer(till: Caller) -> None:
    assert till.post("closings", closing()).status_code == 201
    before = counted("clyo_pushes_total", kind="closing", status="200")
    seen = counted("clyo_push_seconds_count", kind="closing")
    assert till.post("closings", closing()).status_code == 200
    assert counted("clyo_pushes_total", kind="closing", status="200") == before + 1
    assert counted("clyo_push_seconds_count", kind="closing") == seen + 1
    areas = {s.labels["area"] for f in REGISTRY.collect() for s in f.samples if "area" in s.labels}
    methods = {s.labels["method"] for f in REGISTRY.collect() for s in f.samples if f.name == "clyo_requests"}
    assert areas <= {*AREAS, "other"}
    assert methods <= {*METHODS, "other"}


def test_exact_calls__are_counted_by_how_they_ended(linked: tuple[Caller, Division], exact: Any) -> None:
    till, division = linked
    done, unavailable = ({"method": "POST", "outcome": it} for it in ("done", "unavailable"))
    before = counted("clyo_exact_calls_total", **done), counted("clyo_exact_calls_total", **unavailable)
    assert till.post("closings", closing()).status_code == 201
    exact.turn_receipts_away(division)
    work(division)
    after = counted("clyo_exact_calls_total", **done), counted("clyo_exact_calls_total", **unavailable)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


def test_tasks__are_counted_by_what_they_came_to(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = {"task": "exact.sweep", "outcome": "done"}
    failures = labels | {"outcome": "failed"}
    before, failed = counted("clyo_tasks_total", **labels), counted("clyo_tasks_total", **failures)
    sweep.apply()
    assert counted("clyo_tasks_total", **labels) == before + 1
    last = counted("clyo_task_last_done_timestamp_seconds", task="exact.sweep")
    assert abs(last - time.time()) < WAIT_S
    monkeypatch.setattr("exact.tasks.every", lambda *_: 1 / 0)
    sweep.apply()
    assert counted("clyo_tasks_total", **failures) == failed + 1


class Mailbox:
    """Takes mail, but not for whom it does not know."""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: Any) -> str:
        envelope.rcpt_tos.append(to)
        return "250 OK" if to.startswith("chef") else "550 unknown"


@pytest.mark.usefixtures("outside")
def test_scrape__that_is_broken_off_is_an_event(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[dict[str, str]] = []
    monkeypatch.setattr(
        "integration.metrics.server.log.info", lambda event, **more: told.append({event: more["error"]})
    )
    server = Server("127.0.0.1", free_port(), REGISTRY, shared=False)
    try:
        raise BrokenPipeError
    except BrokenPipeError:
        server.handle_error(None, None)
    finally:
        server.server_close()
    assert told == [{"scrape_broken_off": "BrokenPipeError"}]
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("outside")
def test_mails__are_counted_by_what_became_of_them() -> None:
    def send(to: str, port: int) -> None:
        backend = get_connection("integration.mail_counted.CountedEmailBackend", host="127.0.0.1", port=port)
        EmailMessage("Z", "1", "exact@clyo.example", [to], connection=backend).send()

    before = {it: counted("clyo_mails_total", outcome=it) for it in (SENT, REFUSED, UNREACHABLE)}
    server = Controller(Mailbox(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        send("chef@example.fr", server.port)
        with pytest.raises(OSError, match="550"):
            send("nobody@example.fr", server.port)
    finally:
        server.stop()
    with pytest.raises(ConnectionRefusedError):
        send("chef@example.fr", server.port)
    assert {it: counted("clyo_mails_total", outcome=it) - before[it] for it in before} == dict.fromkeys(before, 1)


def test_web_processes__answer_together_at_the_inner_port_and_never_at_the_public_one(
    till: Caller, tmp_path: Path
) -> None:
    public, inner = free_port(), free_port()
    size = ["--workers", "2", "--blocking-threads", "2", "--no-ws"]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(public), *size]
    settings = {"METRICS_PORT": str(inner), "METRICS_HOST": "127.0.0.1", FOLDER: str(tmp_path / "beats")}
    with subprocess.Popen(
        [*command, "integration.wsgi:application"], cwd=CLONE, env=os.environ | settings, stdout=subprocess.DEVNULL
    ) as web:
        try:
            with httpx.Client(timeout=20) as http:
                until_both_answer(http, public, web)
                for _push in range(20):
                    # A connection each, so that both processes have some.
                    httpx.post(f"http://127.0.0.1:{public}/api/v1/closings", json={}, timeout=20)
                assert http.get(f"http://127.0.0.1:{public}/metrics").status_code == 404
                answers = [httpx.get(f"http://127.0.0.1:{inner}/metrics", timeout=20) for _scrape in range(6)]
        finally:
            web.terminate()
    pushed = {sum_of(answer.text, "clyo_pushes_total", status="401") for answer in answers}
    assert pushed == {20}, "whichever process is asked, it answers for both"
    assert f'version="{product.VERSION}"' in answers[0].text
    assert str(till.till.tenant_id) not in {v for s in samples(answers[0].text) for v in s.labels.values()}


def until_both_answer(http: httpx.Client, port: int, web: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + WAIT_S
    while True:
        assert web.poll() is None
        assert time.monotonic() < deadline
        try:
            http.get(f"http://127.0.0.1:{port}/health/live")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return


def samples(text: str) -> list[Any]:
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def sum_of(text: str, name: str, **labels: str) -> float:
    return sum(it.value for it in samples(text) if it.name == name and labels.items() <= it.labels.items())


def test_worker_and_beat__serve_theirs_and_beat_what_the_database_knows(
    transactional_db: None, valkey: Running, tmp_path: Path
) -> None:
    at = connection.settings_dict
    database = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    ports = {"worker": free_port(), "beat": free_port()}
    environment = {"DATABASE_URL": database, "REDIS_URL": valkey.url, "METRICS_HOST": "127.0.0.1"}
    celery = ("-m", "celery", "-q", "-A", "tests.integration.worker_that_waits")
    arguments = {"worker": ("-P", "threads", "-c", "3"), "beat": ("-s", str(tmp_path / "schedule"))}
    with ExitStack() as running:
        for name, port in ports.items():
            own = environment | {"METRICS_PORT": str(port), FOLDER: str(tmp_path / name)}
            processes = running.enter_context(Processes(CLONE, tmp_path, own))
            processes.start(name, *celery, name, *arguments[name])
            processes.wait_for(name, f"http://127.0.0.1:{port}/metrics")
        served = {name: httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text for name, port in ports.items()}
    assert sum_of(served["beat"], "clyo_database_up") == sum_of(served["beat"], "clyo_week_figures_up") == 1
    assert "clyo_oldest_ready_posting_seconds" in served["beat"]
    assert "clyo_oldest_ready_posting_seconds" not in served["worker"]
    assert sum_of(served["worker"], "clyo_worker_threads", which="all") == 3
    ages = {
        name: {it.labels["of"] for it in samples(text) if it.name == "clyo_heartbeat_age_seconds"}
        for name, text in served.items()
    }
    assert ages == {"worker": {"database", "broker"}, "beat": {"send"}}
