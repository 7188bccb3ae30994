"""What a log may say."""

import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.test import Client

from exact.models import Division
from exact.nudge import ASKED_IN, nudge, wait_until_sent
from integration.celery import app
from integration.heartbeat import FOLDER
from tenants.factories import SupportFactory
from tests.conftest import Caller, closing, work
from tests.integration.test_broker import home, valkey
from tools.stack.processes import Processes
from tools.stack.product import ALONE, web
from tools.stack.programs import Running, free_port
from tools.stack.services import CLONE

__all__ = ["home", "valkey"]

NUMBER = "caisse-7"
LOGS = """
import structlog
from integration.logs import logging_config

logging_config(level="INFO", style="{style}")


def book():
    try:
        raise KeyError("1400.00")
    except KeyError as error:
        raise ValueError("SAS Le Zinc, 1400.00") from error


try:
    book()
except ValueError:
    structlog.get_logger().exception("api_failed", closing=1042)
"""


def logged(style: str) -> str:
    command = [sys.executable, "-c", LOGS.format(style=style)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.usefixtures("outside")
def test_exception__is_told_in_production_by_kind_and_place() -> None:
    line = logged("json")
    event = json.loads(line)
    assert (event["event"], event["closing"], event["level"]) == ("api_failed", 1042, "error")
    told = event["exception"].splitlines()
    assert [text for text in told if not text.startswith("  ")] == ["builtins.ValueError", "builtins.KeyError"]
    assert told[2].endswith(" book")
    assert "Zinc" not in line
    assert "1400" not in line


@pytest.mark.usefixtures("outside")
def test_exception__is_told_whole_to_who_develops() -> None:
    assert "SAS Le Zinc, 1400.00" in logged("console")


@pytest.fixture
def support(db: None) -> Client:
    client = Client()
    client.force_login(SupportFactory())
    return client


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged meanwhile, each event as the product writes it."""
    root, text = logging.getLogger(), io.StringIO()
    ours = next(it.formatter for it in root.handlers if isinstance(it.formatter, structlog.stdlib.ProcessorFormatter))
    handler = logging.StreamHandler(text)
    handler.setFormatter(ours)
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    yield text
    root.setLevel(level)
    root.removeHandler(handler)


def events(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def broken(*_: object, **__: object) -> None:
    structlog.get_logger().warning("before_it_broke")
    raise ArithmeticError


def test_every_line__of_a_request_has_its_number(
    till: Caller, support: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, headers = Client(), {"X-Request-ID": NUMBER}
    client.get("/nowhere", headers=headers)
    client.get("/api/v1/nowhere", headers=headers)
    client.post("/api/v1/closings", "x", content_type="application/json", headers=headers)
    support.get("/console/", headers={**headers, "host": "elsewhere.example"})
    monkeypatch.setattr("clyo_ingest.former.receive", broken)
    assert till.post("closings", closing(), headers=headers).status_code == 500
    told = events(log)
    assert [line for line in told if line.get("request_id") != NUMBER] == []
    said = {line["event"] for line in told}
    assert said >= {
        "Not Found: /nowhere",
        "Not Found: /api/v1/nowhere",
        "Unauthorized: /api/v1/closings",
        "Invalid HTTP_HOST header: 'elsewhere.example'. You may need to add 'elsewhere.example' to ALLOWED_HOSTS.",
        "before_it_broke",
        "api_failed",
        "Internal Server Error: /api/v1/closings",
    }


def test_a_line__of_no_request_has_no_number(till: Caller, log: io.StringIO) -> None:
    Client().get("/api/v1/till", headers={**till.headers, "X-Request-ID": NUMBER})
    structlog.get_logger().warning("afterwards")
    (line,) = [it for it in events(log) if it["event"] == "afterwards"]
    assert "request_id" not in line


def test_every_line__of_a_till_says_which_and_whose(till: Caller, log: io.StringIO) -> None:
    till.get("till")
    (line,) = [it for it in events(log) if it["event"] == "request"]
    assert (line["till"], line["tenant"]) == (till.till.pk, till.till.tenant_id)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/till", 200)
    assert line["ms"] > 0
    Client().get("/health/")
    assert "till" not in events(log)[-1]


SECRET = "c0ffee-0123456789abcdef"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/activation/{SECRET}", "/activation/<secret>"),
        (f"/exports/file/{SECRET}", "/exports/file/<token>"),
        (f"/activation/{SECRET}/no/such/step", "/activation/…"),
        (f"/{SECRET * 3}", f"/{(SECRET * 3)[:40]}"),
        ("/api/v1/closings/0193d3f0-0000-7000-8000-000000000001", None),
    ],
)
def test_no_line__holds_the_secret_of_an_address(db: None, log: io.StringIO, path: str, told: str | None) -> None:
    Client().get(path, {"code": SECRET, "email": "chef@example.fr"})
    lines = events(log)
    (line,) = [it for it in lines if it["event"] == "request"]
    assert line["path"] == (told or path)
    if told and not told.startswith(f"/{SECRET[:5]}"):
        assert SECRET not in log.getvalue()
    assert "chef@example.fr" not in log.getvalue()
    assert len(lines) >= 2, "Django tells its refusal too"


def test_probes__that_are_well_leave_no_line(db: None, log: io.StringIO) -> None:
    assert Client().get("/health/ready").status_code == 200
    assert events(log) == []


def test_lane__tells_whose_it_is(linked: tuple[Caller, Division], log: io.StringIO) -> None:
    till, division = linked
    assert till.post("closings", closing()).status_code == 201
    work(division)
    calls = [it for it in events(log) if it["event"] == "exact_call" and it["method"] == "POST"]
    assert {(it["lane"], it["tenant"]) for it in calls} == {(division.pk, till.till.tenant_id)}


def test_hint__carries_the_number_of_the_request_that_gave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr("exact.nudge.current_app.send_task", lambda _task, **options: sent.append(options))
    with structlog.contextvars.bound_contextvars(request_id=NUMBER):
        nudge("tests.tell")
    assert wait_until_sent(10)
    nudge("tests.tell")
    assert wait_until_sent(10)
    assert [it["headers"] for it in sent] == [{ASKED_IN: NUMBER}, None]


def test_every_line__of_web_worker_and_beat_is_an_event(valkey: Running, tmp_path: Path) -> None:
    """Theirs, the server's and Celery's alike; and a task's by the number of who woke it."""
    port = free_port()
    environment = {"REDIS_URL": valkey.url, "LOG_LEVEL": "INFO", "LOG_FORMAT": "json", FOLDER: str(tmp_path)}
    with Processes(CLONE, tmp_path, environment) as processes:
        celery = ("-m", "celery", "-q", "-A", "tests.integration.worker_that_waits")
        processes.start("web", *web(f"http://127.0.0.1:{port}", threads=2))
        processes.start("worker", *celery, "worker", "-P", "threads", "-c", "1", *ALONE)
        processes.start("beat", *celery, "beat", "-s", str(tmp_path / "schedule"))
        processes.wait_for("web", f"http://127.0.0.1:{port}/nowhere")
        with app.connection_for_write(valkey.url) as broker:
            app.send_task("tests.tell", headers={ASKED_IN: NUMBER}, connection=broker)
            app.send_task("tests.tell", connection=broker, task_id="its-own")
        deadline = time.monotonic() + 60
        while (tmp_path / "worker.log").read_text().count('"told"') < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    lines = {name: (tmp_path / f"{name}.log").read_text().splitlines() for name in ("web", "worker", "beat")}
    # What Celery's signal handler says, it writes to standard error, where handlers of signals may.
    lines["worker"] = [it for it in lines["worker"] if it not in ("", "worker: Warm shutdown (MainProcess)")]
    assert [line for text in lines.values() for line in text if not line.startswith("{")] == []
    told = {name: [json.loads(line) for line in text] for name, text in lines.items()}
    assert all({"event", "level", "timestamp"} <= it.keys() for found in told.values() for it in found)
    assert any("Listening at" in it["event"] for it in told["web"])
    assert [it["path"] for it in told["web"] if it["event"] == "request"] == ["/nowhere"]
    ours = [it for it in told["worker"] if it["event"] == "told"]
    assert [(it["request_id"], it["task"]) for it in ours] == [(NUMBER, "tests.tell"), ("its-own", "tests.tell")]
    assert [it for it in told["worker"] if "ready" in it["event"] and "request_id" not in it]
