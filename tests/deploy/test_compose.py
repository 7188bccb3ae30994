"""What docker-compose.yml promises of every container, and that nothing the service demands is left unset."""

import re
from typing import Any

import pytest
from pydantic import SecretStr

from integration.environment import Environment
from tests.conftest import ROOT
from tests.deploy.composed import composed, of_our_image, services

# Ends by itself when its work is done: nobody waits for its health.
ONCE = {"migrate", "trust", "till"}
REACH_OUT = {"caddy", "web", "worker", "alertmanager"}
CAPABILITIES = {"caddy": ["NET_BIND_SERVICE"]}


@pytest.mark.parametrize("name", sorted(services()))
def test_service__is_confined(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == CAPABILITIES.get(name, [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert not service.get("privileged")


@pytest.mark.parametrize("name", sorted(set(services()) - ONCE))
def test_service__says_whether_it_is_well(name: str) -> None:
    assert services()[name]["healthcheck"]["test"]


def test_ports__only_the_proxy_is_reached() -> None:
    assert [name for name, it in services().items() if it.get("ports")] == ["caddy"]
    assert services()["caddy"]["ports"] == ["0.0.0.0:80:80", "0.0.0.0:443:443"]


def test_networks__only_who_must_reaches_out() -> None:
    open_ones = {name for name, it in composed()["networks"].items() if not (it or {}).get("internal")}
    assert open_ones == {"outside"}
    assert {name for name, it in services().items() if "outside" in it["networks"]} <= REACH_OUT
    assert all("network_mode" not in it for it in services().values())


def test_networks__the_proxy_does_not_see_the_stores() -> None:
    assert {"back"} == set(services()["postgres"]["networks"]) == set(services()["valkey"]["networks"])
    assert "back" not in services()["caddy"]["networks"]


def test_networks__the_metrics_ports_are_read_by_who_watches_alone() -> None:
    watchers = {"prometheus", "alertmanager", "grafana"}
    on_it = {name for name, it in services().items() if "watch" in it["networks"]}
    assert on_it == watchers | {"caddy", "web", "worker", "beat"}
    assert all(services()[name]["profiles"] == ["observe"] for name in watchers)
    assert not any({"front", "back"} & set(services()[name]["networks"]) for name in watchers)


def test_order__nothing_starts_before_the_schema_is_there() -> None:
    for name in ("web", "worker", "beat"):
        assert services()[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services()["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_secrets__are_files_and_no_variables() -> None:
    secret = {name for name, it in Environment.model_fields.items() if "SecretStr" in str(it.annotation)}
    for service in of_our_image().values():
        given = {str(name).lower() for name in service["environment"]}
        assert not secret & given
        assert secret - set(service["secrets"]) == {"sentry_dsn"}  # an address to write to: it may stand in .env
    assert {it["file"] for it in composed()["secrets"].values()} == {f"./secrets/{it}" for it in composed()["secrets"]}


def test_secrets__the_installation_writes_each() -> None:
    written = re.findall(r"^ +keep (\w+) ", (ROOT / "deploy/steps/secrets.sh").read_text(), re.MULTILINE)
    assert sorted(written) == sorted(composed()["secrets"])


def test_settings__production_starts_with_what_compose_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in of_our_image()["web"]["environment"].items():
        monkeypatch.setenv(name, str(value))
    files: dict[str, Any] = {
        "secret_key": SecretStr("s" * 32),
        "key_pepper": SecretStr("p" * 32),
        "token_keys": "S1NMcUZkNlRlaFlkNHJ1WkR0RHVGZmFTb1hqQ1l6bGg=",
        "database_url": SecretStr("postgresql://clyo:x@postgres:5432/clyo"),
        "redis_url": SecretStr("redis://:x@valkey:6379/0"),
        "email_url": SecretStr("smtp://mail:2525"),
    }
    started = Environment(**files)
    assert not started.local
    assert started.public_url == "https://exact.clyo.example"
    with pytest.raises(ValueError, match="EMAIL_URL"):
        Environment(**{**files, "email_url": SecretStr("")})


def test_stop__a_worker_has_the_time_of_a_call_to_exact() -> None:
    grace = int(services()["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace > Environment.model_fields["exact_timeout_s"].default


def test_memory__all_of_it_fits_into_four_gigabytes_beside_the_sandbox() -> None:
    units = {"m": 1, "g": 1024}
    limits = [it["mem_limit"] for it in services().values() if not it.get("profiles")]
    assert sum(int(it[:-1]) * units[it[-1]] for it in limits) <= 6 * 1024


def test_backups__the_database_archives_into_what_the_backup_container_keeps() -> None:
    postgres, backup = services()["postgres"], services()["backup"]
    assert "archive_mode=on" in postgres["command"]
    [archive] = [it for it in postgres["command"] if it.startswith("archive_command=")]
    assert archive == "archive_command=/usr/local/bin/pgbackrest-clyo archive-push %p"
    assert "backups:/var/lib/pgbackrest" in postgres["volumes"]
    assert "backups:/var/lib/pgbackrest" in backup["volumes"]
    assert "postgres-data:/var/lib/postgresql:ro" in backup["volumes"]
    assert {"backup_passphrase"} <= set(postgres["secrets"]) & set(backup["secrets"])


def test_mounts__what_is_mounted_from_this_folder_is_there() -> None:
    mounted = {it.split(":")[0] for service in services().values() for it in service.get("volumes", [])}
    ours = {it for it in mounted if it.startswith("./")}
    assert "./deploy/prometheus" in ours
    assert not [it for it in ours if not (ROOT / it).is_dir()]
