"""Probes are answered whoever asks and however it asks, in bounded time, and say which part is not well."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django.fixtures import Settings

from integration import readiness
from integration.looked_at import LookedAt
from integration.readiness import Readiness, known_migrations
from tools.stack.programs import free_port

PROBES = ["/health/live", "/health/ready"]
# As a kubelet asks, or a balancer: an address and nothing else, over plain HTTP.
BY_ADDRESS: dict[str, Any] = {"SERVER_NAME": "10.42.0.7", "SERVER_PORT": "8000"}


@pytest.fixture
def production(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["exact.clyo.example"]
    settings.SECURE_SSL_REDIRECT = True


@pytest.fixture
def moved(transactional_db: None) -> Iterator[dict[str, Any]]:
    """Where the database is, to be changed."""
    at = dict(connection.settings_dict)
    yield connection.settings_dict
    connection.settings_dict.update(at)


@pytest.mark.usefixtures("db", "production")
@pytest.mark.parametrize("path", PROBES)
def test_probe__is_answered_to_who_asks_an_address(path: str) -> None:
    answer = Client().get(path, **BY_ADDRESS)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert Client().head(path, **BY_ADDRESS).status_code == 200
    assert Client().post(path, **BY_ADDRESS).status_code == 405


@pytest.mark.usefixtures("db", "production")
def test_other_addresses__are_still_refused_to_who_knows_no_name() -> None:
    assert Client().get("/console/", secure=True, **BY_ADDRESS).status_code == 400


@pytest.mark.usefixtures("db")
def test_ready__says_that_all_is_well() -> None:
    assert Client().get("/health/ready").json() == {"database": "up", "migrations": "applied"}


def test_known_migrations__are_those_that_migrate_applies(db: None) -> None:
    assert known_migrations() == {*MigrationRecorder(connection).applied_migrations()}


def test_ready__names_the_migration_that_is_missing(transactional_db: None) -> None:
    rows = MigrationRecorder(connection).migration_qs.filter(app="exports")
    last = rows.latest("name")
    rows.filter(pk=last.pk).delete()
    try:
        answer = Client().get("/health/ready")
    finally:
        last.save(force_insert=True)
    assert answer.status_code == 503
    assert answer.json() == {"database": "up", "migrations": "missing", "missing": [f"exports.{last.name}"]}


def test_ready__does_not_mind_what_the_next_release_added(transactional_db: None) -> None:
    added = MigrationRecorder(connection).migration_qs.create(app="exports", name="9999_of_the_next_release")
    try:
        assert Client().get("/health/ready").status_code == 200
    finally:
        added.delete()


def test_probes__while_the_database_is_down(moved: dict[str, Any]) -> None:
    moved["PORT"] = free_port()
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"database": "down", "migrations": "unknown"})
    assert Client().get("/health/live").status_code == 200


def test_ready__while_nobody_answers_at_the_databases_address(moved: dict[str, Any]) -> None:
    """A frozen server, or a firewall that lets packets fall: somebody listens, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        moved["PORT"] = silent.getsockname()[1]
        answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] in {"down", "silent"}


def test_ready__waits_no_longer_than_told_and_starts_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, go_on = [], threading.Event()

    def look() -> Readiness:
        looks.append(1)
        go_on.wait(60)
        return Readiness(database="up", migrations="applied")

    monkeypatch.setattr("integration.readiness.looked_at", LookedAt(look))
    assert [readiness.ask(0.01).database for _asker in range(3)] == ["silent"] * 3
    assert looks == [1]
    go_on.set()
    assert readiness.ask(60).ready
