"""A production start is refused with anything missing or known; the local stage fills secrets."""

import re

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from integration.environment import LOCAL_SECRET, LOCAL_TOKEN_KEY, Environment
from tools.stack.services import CLONE

GOOD = {
    "CLYO_ENV": "production",
    "SECRET_KEY": "s" * 40,
    "KEY_PEPPER": "p" * 40,
    "TOKEN_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgresql://db/clyo",
    "REDIS_URL": "redis://valkey/0",
    "ALLOWED_HOSTS": "exact.clyo.example",
    "PUBLIC_URL": "https://exact.clyo.example",
    "EMAIL_URL": "smtp+tls://exact:secret@smtp.clyo.example:587",
    "SUPPORT_SECOND_FACTOR": "true",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_production__starts_with_secrets_of_its_own(environment: pytest.MonkeyPatch) -> None:
    assert Environment().allowed_hosts == ["exact.clyo.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", LOCAL_SECRET),
        ("KEY_PEPPER", LOCAL_SECRET),
        ("KEY_PEPPER", "s" * 40),
        ("TOKEN_KEYS", ""),
        ("TOKEN_KEYS", LOCAL_TOKEN_KEY),
        ("TOKEN_KEYS", "not-a-fernet-key"),
        ("ALLOWED_HOSTS", "*"),
        ("PUBLIC_URL", "http://exact.clyo.example"),
        ("EXACT_TIMEOUT_S", "500"),
        ("EMAIL_URL", "console:"),
        ("SUPPORT_SECOND_FACTOR", "false"),
        ("WEBHOOKS_TO_LOOPBACK", "true"),
    ],
)
def test_production__is_refused(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises((ValidationError, ValueError)):
        Environment()


def test_calls__outlast_the_55_s_of_exact_s_own_gateway() -> None:
    example = dict(line.split("=", 1) for line in (CLONE / ".env.example").read_text().splitlines() if "=" in line)
    assert Environment.model_fields["exact_timeout_s"].default > 55
    assert float(example["EXACT_TIMEOUT_S"]) > 55


def test_example__says_every_setting_and_no_other() -> None:
    example = [line.split("=", 1)[0] for line in (CLONE / ".env.example").read_text().splitlines() if "=" in line]
    said = {name.lower() for name in example if not name.startswith("#")}
    assert said == {*Environment.model_fields}


def test_deployment__reads_nothing_that_its_page_does_not_name() -> None:
    """What Compose and the image read beside the service's own settings; names of images are not an operator's."""
    read = {
        name
        for path in ("docker-compose.yml", "deploy/image/entrypoint")
        for name in re.findall(r"\$\{([A-Z_]+):-", (CLONE / path).read_text())
        if not name.endswith(("_IMAGE", "_BASE", "_REVISION"))
    }
    told = (CLONE / "docs/deploy.md").read_text()
    own = {name.upper() for name in Environment.model_fields}
    assert {name for name in read - own if not re.search(rf"\b{name}\b", told)} == set()


def test_production__is_the_default(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("CLYO_ENV")
    environment.delenv("SECRET_KEY")
    with pytest.raises(ValidationError, match="SECRET_KEY"):
        Environment()
