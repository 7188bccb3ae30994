"""What a log may say."""

import json
import subprocess
import sys

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


def test_exception__is_told_in_production_by_kind_and_place() -> None:
    line = logged("json")
    event = json.loads(line)
    assert (event["event"], event["closing"], event["level"]) == ("api_failed", 1042, "error")
    told = event["exception"].splitlines()
    assert [text for text in told if not text.startswith("  ")] == ["builtins.ValueError", "builtins.KeyError"]
    assert told[2].endswith(" book")
    assert "Zinc" not in line
    assert "1400" not in line


def test_exception__is_told_whole_to_who_develops() -> None:
    assert "SAS Le Zinc, 1400.00" in logged("console")
