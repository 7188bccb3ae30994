"""What the environment must and may say (12-factor). Read once, typed, refused when it is dangerous.

`CLYO_ENV` is `production` unless said otherwise: a deployment that forgets it gets the strict rules, not the loose
ones. Only `local` (the development stack, the demo, the tests) fills secrets with known values.
"""

import os
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from integration.mail_server import MailServer, check_sender

LOCAL_SECRET = "local-only-secret-never-for-production-0123456789"  # noqa: S105
LOCAL_TOKEN_KEY = "bG9jYWwtb25seS1rZXktMDEyMzQ1Njc4OWFiY2RlZmc="  # noqa: S105
RATE = "^[1-9][0-9]*/(second|minute|hour|day)$"
RENAMED = {"SMTP_URL": "EMAIL_URL", "MAIL_FROM": "EMAIL_FROM"}
SECRETS_FOLDER = Path("/run/secrets")


class Stage(StrEnum):
    """Where the service runs: `local` allows what a developer's machine lacks, such as a mail server."""

    PRODUCTION = "production"
    LOCAL = "local"


class Environment(BaseSettings):
    """One field a variable; `.env.example` tells what each is for.

    Raises pydantic's `ValidationError`, which names every missing or wrong variable, when the start must be refused.
    """

    model_config = SettingsConfigDict(
        secrets_dir=SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None, extra="ignore", hide_input_in_errors=True
    )

    clyo_env: Stage = Stage.PRODUCTION
    secret_key: SecretStr = SecretStr("")
    key_pepper: SecretStr = SecretStr("")
    key_pepper_fallbacks: Annotated[list[SecretStr], NoDecode] = []
    token_keys: Annotated[list[SecretStr], NoDecode] = []
    database_url: SecretStr
    redis_url: SecretStr
    allowed_hosts: Annotated[list[str], NoDecode] = []
    public_url: str = ""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    sentry_dsn: SecretStr | None = None
    email_url: SecretStr = SecretStr("")
    email_from: str = ""
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")
    log_format: str = Field(default="json", pattern="^(json|console)$")
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "0.0.0.0"  # noqa: S104 - an inner port: what reaches it is the network's to say
    web_in_flight: int = Field(default=16, ge=1, le=500)
    exact_timeout_s: float = Field(default=60.0, gt=0, le=100)  # longer than the 55 s of Exact's own gateway
    exact_minute_reserve: int = Field(default=3, ge=0, le=59)
    exact_day_reserve: int = Field(default=200, ge=0)
    exact_lease_margin_s: float = Field(default=10.0, ge=1, le=60)
    exact_backoff_max_s: float = Field(default=900.0, ge=2, le=3600)
    exact_reconnect_pause_s: float = Field(default=900.0, ge=5, le=3600)
    worker_connections: int = Field(default=16, ge=2, le=200)
    sweep_every_s: float = Field(default=30.0, ge=0.5, le=300)
    letters_at: time = time(7)
    push_rate: str = Field(default="600/minute", pattern=RATE)
    pairing_rate: str = Field(default="10/minute", pattern=RATE)
    support_second_factor: bool = True
    webhooks_to_loopback: bool = False

    @field_validator("key_pepper_fallbacks", "token_keys", "allowed_hosts", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("email_url")
    @classmethod
    def _readable(cls, value: SecretStr) -> SecretStr:
        if url := value.get_secret_value():
            MailServer.from_url(url)
        return value

    @property
    def mail_server(self) -> MailServer | None:
        """Where mail goes. None, which only local has: into files."""
        url = self.email_url.get_secret_value()
        return MailServer.from_url(url) if url else None

    @property
    def sender(self) -> str:
        """Whom mail is from: `EMAIL_FROM`, else the service itself, at the address people know it by."""
        host = "localhost" if self.local else urlsplit(self.public_url).hostname
        return self.email_from or f"Clyo → Exact <exact@{host}>"

    @property
    def local(self) -> bool:
        return self.clyo_env is Stage.LOCAL

    @model_validator(mode="after")
    def _fill_or_refuse(self) -> Self:
        if self.local:
            self._fill_local()
        else:
            self._refuse_unsafe()
        for key in self.token_keys:
            Fernet(key.get_secret_value())
        return self

    def _fill_local(self) -> None:
        self.secret_key = self.secret_key or SecretStr(LOCAL_SECRET)
        self.key_pepper = self.key_pepper or SecretStr(LOCAL_SECRET)
        self.token_keys = self.token_keys or [SecretStr(LOCAL_TOKEN_KEY)]
        self.allowed_hosts = self.allowed_hosts or ["localhost", "127.0.0.1", "[::1]", "testserver"]
        self.public_url = self.public_url or "http://127.0.0.1:8000"

    def _refuse_unsafe(self) -> None:
        faults = [
            f"{name} must be set to at least 32 characters of your own"
            for name, secret in (("SECRET_KEY", self.secret_key), ("KEY_PEPPER", self.key_pepper))
            if len(secret) < 32 or secret.get_secret_value() == LOCAL_SECRET
        ]
        if self.secret_key.get_secret_value() == self.key_pepper.get_secret_value():
            faults.append("SECRET_KEY and KEY_PEPPER must differ: one is rotated without the other")
        if not self.token_keys or LOCAL_TOKEN_KEY in {key.get_secret_value() for key in self.token_keys}:
            faults.append("TOKEN_KEYS must hold at least one Fernet key of your own")
        if not self.allowed_hosts or "*" in self.allowed_hosts:
            faults.append("ALLOWED_HOSTS must name the public host names")
        if not self.public_url.startswith("https://"):
            faults.append("PUBLIC_URL must be the https:// address people and tills use")
        if self.mail_server is None:
            faults.append("EMAIL_URL must name the mail server: invitations, letters and reports go by e-mail")
        try:
            check_sender(self.sender)
        except ValueError as error:
            faults.append(str(error))
        faults += [f"{old} is no longer read: {new} says it" for old, new in RENAMED.items() if os.environ.get(old)]
        if not self.support_second_factor:
            faults.append("SUPPORT_SECOND_FACTOR may be off only locally: support sees every customer")
        if self.webhooks_to_loopback:
            faults.append(
                "WEBHOOKS_TO_LOOPBACK may be on only locally: it opens this machine to whoever has an account"
            )
        if faults:
            raise ValueError("; ".join(faults))
