"""Alerts and graphs ask for what is served; the runbook says of each alert what to do, by pages and commands that are.

Whether they fire when they must is tried by `make alerts`, with Prometheus' own tool.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from celery import current_app
from django.core.management import get_commands
from django.urls import resolve
from prometheus_client import REGISTRY

from concerns.models import Outcome
from concerns.webhooks import counted as webhooks_counted
from exact.api import counted
from exports.nudge import RUN_LANE
from integration import mail_counted
from integration.metrics import requests, tasks
from integration.metrics.beats import Beats
from integration.metrics.figures import FIGURES, Figures
from integration.metrics.server import Build
from tests.conftest import ROOT

RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
DASHBOARDS = [*(ROOT / "deploy" / "prometheus" / "dashboards").glob("*.json")]
METRICS = ROOT / "integration" / "metrics" / "figures.py"
# Prometheus' own, and those of every Python process.
OTHERS = {"up", "ALERTS", "process_resident_memory_bytes"}
METRIC = re.compile(r"\b(?:clyo_\w+|up|ALERTS|process_\w+)\b")
ASKED = re.compile(r"(clyo_\w+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*=~?\s*"([^"]*)"')
COUNTED = (
    *(counted.CALLS, counted.SECONDS, mail_counted.MAILS, webhooks_counted.ATTEMPTS),
    *(requests.REQUESTS, requests.ANSWERED, requests.SECONDS),
)
OF_TASKS = (tasks.TASKS, tasks.SECONDS, tasks.LAST_DONE, tasks.THREADS)


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    graphs = [json.loads(path.read_text()) for path in DASHBOARDS]
    targets = [target["expr"] for graph in graphs for panel in graph["panels"] for target in panel.get("targets", ())]
    notes = [note["expr"] for graph in graphs for note in graph["annotations"]["list"]]
    return [*(alert["expr"] for alert in alerts()), *targets, *notes]


@pytest.fixture(scope="module")
def served() -> set[str]:
    """Every name that a program of the service answers with, as Prometheus writes it."""
    families = [*REGISTRY.collect(), *Beats("worker", dict).collect(), *Build().collect()]
    names = {sample.name for family in families for sample in family.samples} | {it.name for it in FIGURES.values()}
    counters = {name for metric in (*COUNTED, *OF_TASKS) for name in _names_of(metric)}
    return names | counters | {"clyo_database_up", "clyo_week_figures_up"} | OTHERS


def _names_of(metric: Any) -> Iterator[str]:
    (family,) = metric.collect()
    ends = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}[family.type]
    yield from (family.name + end for end in ends)


def test_alerts__are_the_same_on_kubernetes() -> None:
    """A `PrometheusRule` for the Prometheus Operator."""
    component = ROOT / "deploy" / "kubernetes" / "components" / "monitoring"
    rule = yaml.safe_load((component / "alerts.yaml").read_text())
    assert rule["spec"] == yaml.safe_load(RULES.read_text())
    assert "alerts.yaml" in yaml.safe_load((component / "kustomization.yaml").read_text())["resources"]


def test_figures__say_first_whether_they_were_read() -> None:
    assert Figures.collect.__doc__
    assert {"clyo_database_up", "clyo_week_figures_up"} <= {
        name for expression in expressions() for name in METRIC.findall(expression)
    }


def test_expressions__ask_for_what_is_served(served: set[str]) -> None:
    asked = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert asked - served == set()
    assert len(asked) > 20


def test_expressions__ask_for_values_that_labels_have() -> None:
    known = {figure.name: {figure.label: figure.values} for figure in FIGURES.values()}
    known |= {
        "clyo_heartbeat_age_seconds": {"of": ("database", "broker", "send")},
        "clyo_worker_threads": {"which": ("all", "at_work")},
        "clyo_tasks_total": {"outcome": ("done", "failed")},
        "clyo_mails_total": {"outcome": (mail_counted.SENT, mail_counted.REFUSED, mail_counted.UNREACHABLE)},
        "clyo_webhook_attempts_total": {"outcome": (*Outcome.values,)},
        "clyo_exact_calls_total": {"outcome": ("done", *counted.OUTCOMES.values())},
        "clyo_task_last_done_timestamp_seconds": {"task": tuple(current_app.tasks)},
    }
    current_app.loader.import_default_modules()
    known["clyo_task_last_done_timestamp_seconds"]["task"] = tuple(current_app.tasks)
    assert RUN_LANE in current_app.tasks
    for expression in expressions():
        for name, matchers in ASKED.findall(expression):
            for label, value in MATCHER.findall(matchers):
                if label == "status":
                    continue
                assert {*value.split("|")} <= {*known[name][label]}, (name, label, value)


def test_alerts__are_told_what_to_do_and_the_runbook_tells_of_no_others() -> None:
    paragraphs = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", RUNBOOK, re.M | re.S))
    assert {*paragraphs} == {alert["alert"] for alert in alerts()}
    for name, text in paragraphs.items():
        assert "**Means**" in text, name
        assert "**Look**" in text, name
        assert "**Do**" in text or "**do**" in text, name


def test_alerts__say_whom_they_reach_and_where_to_read() -> None:
    routed = (ROOT / "deploy" / "prometheus" / "alertmanager.yml").read_text()
    for alert in alerts():
        assert alert["labels"]["severity"] in {"page", "ticket"} or alert["alert"] == "Watchdog"
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{alert['alert'].lower()}"
        assert alert["annotations"]["summary"].endswith(".")
    named = {name for found in re.findall(r'alertname =~? "?([\w|]+)', routed) for name in found.split("|")}
    assert named <= {alert["alert"] for alert in alerts()}


def test_runbook__names_pages_programs_and_commands_that_are(db: None) -> None:
    for address in {*re.findall(r"`(/console/[^`]*)`", RUNBOOK)}:
        found = resolve(urlsplit(address).path)
        assert "catch_all" not in getattr(found.func, "__name__", ""), address
    services = {*yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]}
    for verb, rest in re.findall(r"docker compose (\w+) ([^`|]*)", RUNBOOK):
        if verb in {"restart", "up", "exec", "logs"}:
            words = re.sub(r"--scale \S+|--since \S+|-d", "", rest).split()
            assert words[0] in services, (verb, rest)
    commands = get_commands()
    assert {*re.findall(r"manage\.py (\w+)", RUNBOOK)} <= commands.keys()
    for event in {*re.findall(r"grep (\w+_\w+)`", RUNBOOK)}:
        written = [
            path for room in ("integration", "exact", "exports", "on_demand") for path in (ROOT / room).rglob("*.py")
        ]
        assert any(f'"{event}"' in path.read_text() for path in written), event
