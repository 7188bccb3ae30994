"""The installation's steps that need no Docker: what it asks, what it writes, and that it writes it once."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("outside")
GIVEN = {"CLYO_HOST": "exact.clyo.example", "CLYO_EMAIL": "you@clyo.example"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder like a clone, with what the installation reads."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(place: Path, script: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run lines of shell with the installation's steps, as `install` has them."""
    parts = ". deploy/steps/say.sh; . deploy/steps/machine.sh; . deploy/steps/secrets.sh; . deploy/steps/settings.sh"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{parts}\n{script}"],
        cwd=place,
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def kept(place: Path) -> dict[str, str]:
    files = [place / ".env", *sorted((place / "secrets").iterdir())]
    return {it.name: hashlib.sha256(it.read_bytes()).hexdigest() for it in files}


def settings_of(place: Path) -> dict[str, str]:
    lines = (place / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


WRITE = "choose_settings; write_secrets; write_settings"


def test_install__writes_secrets_once_and_of_its_own(place: Path) -> None:
    assert run(place, WRITE, **GIVEN).returncode == 0
    first = kept(place)
    again = run(place, WRITE)
    assert again.returncode == 0, again.stderr
    assert kept(place) == first
    assert "none was changed" in again.stdout
    assert ".env is there" in again.stdout
    assert (place / "secrets").stat().st_mode & 0o777 == 0o700
    Fernet((place / "secrets/token_keys").read_text())
    assert len({(place / "secrets" / it).read_text() for it in ("secret_key", "key_pepper")}) == 2
    password = (place / "secrets/database_password").read_text()
    assert (place / "secrets/database_url").read_text() == f"postgresql://clyo:{password}@postgres:5432/clyo"


def test_install__says_what_it_was_not_told(place: Path) -> None:
    ended = run(place, WRITE)
    assert ended.returncode == 1
    assert "--host NAME --email ADDRESS" in ended.stderr
    assert not (place / ".env").exists()
    assert not (place / "secrets").exists()


@pytest.mark.parametrize(("name", "value"), [("CLYO_HOST", "https://exact"), ("CLYO_EMAIL", "you")])
def test_install__takes_no_name_or_address_that_is_none(place: Path, name: str, value: str) -> None:
    assert run(place, WRITE, **{**GIVEN, name: value}).returncode == 1


def test_install__another_name_the_second_time_is_not_taken_silently(place: Path) -> None:
    run(place, WRITE, **GIVEN)
    ended = run(place, WRITE, CLYO_HOST="other.clyo.example")
    assert ended.returncode == 1
    assert "CLYO_HOST is exact.clyo.example in .env" in ended.stderr


def test_install__certificates_come_by_acme_and_mail_waits_unless_said_otherwise(place: Path) -> None:
    run(place, WRITE, **GIVEN)
    written = settings_of(place)
    assert written["CLYO_URL"] == "https://exact.clyo.example"
    assert written["CLYO_TLS"] == "you@clyo.example"
    assert written["COMPOSE_PROFILES"] == "mailbox"
    assert (place / "secrets/email_url").read_text() == "smtp://mail:2525"


def test_install__the_sandbox_asks_nothing_and_is_for_this_machine_alone(place: Path) -> None:
    assert run(place, f"sandbox=yes; {WRITE}", CLYO_HTTPS_PORT="8443").returncode == 0
    written = settings_of(place)
    assert written["CLYO_URL"] == "https://clyo.localhost:8443"
    assert (written["CLYO_BIND"], written["CLYO_TLS"]) == ("127.0.0.1", "internal")
    assert (written["COMPOSE_PROFILES"], written["CLYO_SITES"]) == ("sandbox", "sandbox")


def test_install__a_server_that_is_named_is_where_mail_goes(place: Path) -> None:
    run(place, WRITE, **GIVEN, CLYO_MAIL="smtps://you:secret@smtp.clyo.example:465", CLYO_MAIL_FROM="a@clyo.example")
    assert (place / "secrets/email_url").read_text() == "smtps://you:secret@smtp.clyo.example:465"
    assert settings_of(place)["COMPOSE_PROFILES"] == ""
    assert settings_of(place)["EMAIL_FROM"] == "a@clyo.example"


def test_machine__without_docker_it_is_said_and_nothing_is_written(place: Path) -> None:
    (place / "bin").mkdir()
    for name in ("bash", "dirname", "sed", "tail", "head", "cat", "sort"):
        (place / "bin" / name).symlink_to(shutil.which(name) or "")
    ended = subprocess.run(
        ["bash", "deploy/install"],
        cwd=place,
        env={"PATH": str(place / "bin"), **GIVEN},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "Docker is not installed" in ended.stderr
    assert not (place / ".env").exists()


@pytest.mark.parametrize(
    ("one", "other", "is_older"),
    [("2.9.0", "2.24.0", True), ("2.24.0", "2.24.0", False), ("2.26.1", "2.24.0", False), ("5.0.0", "2.24.0", False)],
)
def test_machine__versions_are_compared_as_numbers(place: Path, one: str, other: str, is_older: bool) -> None:
    assert (run(place, f"older {one} {other}").returncode == 0) is is_older
