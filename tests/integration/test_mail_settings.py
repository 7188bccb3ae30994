"""The real settings with the values of `.env.example`, and a real mail server: TLS, STARTTLS, log-in, and what fails.

Each start is a process of its own, as an operator's: `manage.py sendtestemail`.
"""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration.environment import Environment
from tools.stack.programs import free_port

ROOT = Path(__file__).parents[2]
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")
)
# What the example leaves for an operator to make.
MADE = {"SECRET_KEY": "s" * 40, "KEY_PEPPER": "p" * 40, "TOKEN_KEYS": Fernet.generate_key().decode()}
USER, PASSWORD = "exact@clyo.example", "f7-Kw:9/x"
LOG_IN = "exact%40clyo.example:f7-Kw%3A9%2Fx@"
RECEIVER = "chef@example.fr"


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine's loopback, which signed itself."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Certificate(path, context)


class Postbox:
    """Keeps each letter with whom it came from, and who had logged in over which kind of line."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, Message]] = []
        self.log_ins: list[tuple[str, bool]] = []
        self.password = PASSWORD

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append((envelope.mail_from, message_from_bytes(envelope.content)))
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        secret = server.transport.get_extra_info("ssl_object") is not None
        good = given == LoginPassword(USER.encode(), self.password.encode())
        if good:
            self.log_ins.append((given.login.decode(), secret))
        return AuthResult(success=good, handled=False)


# aiosmtpd does not count TLS from the first byte as TLS.
pytestmark = [
    pytest.mark.usefixtures("outside"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]


@contextmanager
def mail_server(kind: str, certificate: Certificate) -> Iterator[tuple[Postbox, int]]:
    """A real SMTP server on a free port, as it is behind a scheme of `EMAIL_URL`: a secret one asks for a log-in."""
    box, options = Postbox(), {}
    if kind in ("smtps", "smtp+ssl"):
        options = {"ssl_context": certificate.context, "auth_required": True, "auth_require_tls": False}
    elif kind != "smtp":
        options = {"tls_context": certificate.context, "require_starttls": True, "auth_required": True}
    server = Controller(box, hostname="127.0.0.1", port=free_port(), authenticator=box.authenticate, **options)
    server.start()
    try:
        yield box, server.port
    finally:
        server.stop()


def start(url: str, *, trusted: Path | None = None, **changes: str) -> "subprocess.CompletedProcess[str]":
    """What an operator does after filling `.env.example` in. `trusted`: the certificates this machine trusts."""
    environment = {"PATH": os.environ["PATH"]} | EXAMPLE | MADE | {"EMAIL_URL": url} | changes
    if trusted is not None:
        environment["SSL_CERT_FILE"] = str(trusted)
    command = [sys.executable, "manage.py", "sendtestemail", RECEIVER]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def failed(done: "subprocess.CompletedProcess[str]") -> str:
    """What a start that must not go well says in its last line; a password is said nowhere."""
    assert done.returncode != 0
    assert "Kw" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("kind", ["smtp+tls", "smtp+starttls", "smtps", "smtp+ssl"])
def test_letter__goes_secretly_with_a_log_in(certificate: Certificate, kind: str) -> None:
    with mail_server(kind, certificate) as (box, port):
        done = start(f"{kind}://{LOG_IN}127.0.0.1:{port}", trusted=certificate.path)
    assert done.returncode == 0, done.stderr
    assert f"Handed to 127.0.0.1, port {port}" in done.stdout
    assert box.log_ins == [(USER, True)]
    ((sender, letter),) = box.letters
    assert (sender, letter["To"]) == ("exact@clyo.example", RECEIVER)


def test_letter__goes_with_the_examples_own_values(certificate: Certificate) -> None:
    with mail_server("smtp+tls", certificate) as (box, port):
        box.password = "password"
        url = EXAMPLE["EMAIL_URL"].replace("smtp.clyo.example:587", f"127.0.0.1:{port}")
        assert start(url, trusted=certificate.path).returncode == 0
    assert (box.log_ins, [sender for sender, _letter in box.letters]) == ([(USER, True)], ["exact@clyo.example"])


def test_letter__goes_to_a_relay_of_ones_own(certificate: Certificate) -> None:
    with mail_server("smtp", certificate) as (box, port):
        done = start(f"smtp://127.0.0.1:{port}")
    assert (done.returncode, len(box.letters), box.log_ins) == (0, 1, [])


def test_log_in__that_is_refused_is_said(certificate: Certificate) -> None:
    with mail_server("smtp+tls", certificate) as (box, port):
        url = f"smtp+tls://exact%40clyo.example:guessed@127.0.0.1:{port}"
        said = failed(start(url, trusted=certificate.path))
    assert "refuses the user or password of EMAIL_URL (535" in said
    assert box.letters == []


def test_starttls__that_is_refused_is_said_and_no_password_sent(certificate: Certificate) -> None:
    with mail_server("smtp", certificate) as (box, port):
        said = failed(start(f"smtp+tls://{LOG_IN}127.0.0.1:{port}", trusted=certificate.path))
    assert "cannot do what EMAIL_URL asks of it (STARTTLS" in said
    assert (box.letters, box.log_ins) == ([], [])


def test_certificate__that_nobody_trusts_is_said(certificate: Certificate) -> None:
    with mail_server("smtps", certificate) as (box, port):
        said = failed(start(f"smtps://{LOG_IN}127.0.0.1:{port}"))
    assert "certificate is not to be trusted" in said
    assert (box.letters, box.log_ins) == ([], [])


def test_server__that_is_away_is_said() -> None:
    said = failed(start(f"smtp+tls://{LOG_IN}127.0.0.1:{free_port()}"))
    assert "nobody answers at the host and port of EMAIL_URL" in said


def test_start__is_refused_without_a_mail_server() -> None:
    assert "EMAIL_URL must name the mail server" in start("").stderr


# One key each, so that pytest shows which.
WRONG = {
    "a backend, no server": ({"EMAIL_URL": "console:"}, "EMAIL_URL must be smtp"),
    "another protocol": ({"EMAIL_URL": "https://mail.clyo.example"}, "EMAIL_URL must be smtp"),
    "no host": ({"EMAIL_URL": "smtps://"}, "EMAIL_URL must be smtp"),
    "a password in the clear": ({"EMAIL_URL": f"smtp://{LOG_IN}mail.clyo.example"}, "in the clear"),
    "a user alone": ({"EMAIL_URL": "smtps://exact@mail.clyo.example"}, "a user and a password, or neither"),
    "a password that nobody can log in with": ({"EMAIL_URL": "smtps://exact:Kwé@mail.clyo.example"}, "beyond ASCII"),
    "a password with a #": ({"EMAIL_URL": "smtps://exact:f7#Kw@mail.clyo.example:465"}, "EMAIL_URL cannot be read"),
    "a password with a /": ({"EMAIL_URL": "smtps://a:f7/Kw?@mail.clyo.example"}, "EMAIL_URL cannot be read"),
    "something after the host": ({"EMAIL_URL": f"smtps://{LOG_IN}mail.clyo.example/?timeout=5"}, "after the port"),
    "TLS on the port of STARTTLS": ({"EMAIL_URL": f"smtps://{LOG_IN}mail.clyo.example:587"}, "port 587"),
    "STARTTLS on the port of TLS": ({"EMAIL_URL": f"smtp+tls://{LOG_IN}mail.clyo.example:465"}, "port 465"),
    "a sender without an address": ({"EMAIL_FROM": "Clyo → Exact"}, "EMAIL_FROM must be an address"),
    "a sender from nowhere": ({"EMAIL_FROM": "Clyo <exact@localhost>"}, "domain of your own"),
    "the name of before": ({"SMTP_URL": "smtps://a:b@mail.clyo.example"}, "SMTP_URL is no longer read"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_start__is_refused_with_what_cannot_work(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    changes, said = WRONG[wrong]
    for name, value in (EXAMPLE | MADE | changes).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=said) as refused:
        Environment()
    assert "Kw" not in str(refused.value)


def test_sender__is_the_service_itself_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (EXAMPLE | MADE | {"EMAIL_FROM": ""}).items():
        monkeypatch.setenv(name, value)
    assert Environment().sender == "Clyo → Exact <exact@exact.clyo.example>"


def test_example__names_every_setting_with_the_value_it_has_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (EXAMPLE | MADE).items():
        monkeypatch.setenv(name, value)
    said, fields = Environment(), Environment.model_fields
    assert {*EXAMPLE} == {name.upper() for name in fields}
    differs = {name.upper() for name, field in fields.items() if getattr(said, name) != field.default}
    required = {"SECRET_KEY", "KEY_PEPPER", "TOKEN_KEYS", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "PUBLIC_URL"}
    assert differs == required | {"TRUSTED_PROXIES", "SENTRY_DSN", "EMAIL_URL", "EMAIL_FROM"}
