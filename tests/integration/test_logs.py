"""What a log may say."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import Client

from tenants.factories import SupportFactory
from tests.conftest import Caller, closing

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
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr


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
    support.get("/console/exports/storedclosing/", {"till__name": "x"}, headers=headers)
    monkeypatch.setattr("clyo_ingest.api.receive", broken)
    assert till.post("closings", closing(), headers=headers).status_code == 500
    told = events(log)
    assert [line for line in told if line.get("request_id") != NUMBER] == []
    said = {line["event"] for line in told}
    assert said >= {
        "Not Found: /nowhere",
        "Not Found: /api/v1/nowhere",
        "Unauthorized: /api/v1/closings",
        "Filtering by till__name not allowed",
        "before_it_broke",
        "api_failed",
        "Internal Server Error: /api/v1/closings",
    }


def test_a_line__of_no_request_has_no_number(till: Caller, log: io.StringIO) -> None:
    Client().get("/api/v1/till", headers={**till.headers, "X-Request-ID": NUMBER})
    structlog.get_logger().warning("afterwards")
    (line,) = [it for it in events(log) if it["event"] == "afterwards"]
    assert "request_id" not in line
