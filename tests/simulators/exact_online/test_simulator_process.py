"""The program as a process: start, kill, start again, reset."""

import socket
import sqlite3
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from simulated_exact import ROOT, Company, Server, running

pytestmark = pytest.mark.usefixtures("outside")

MARIE = "marie.dupont@example.fr"
SALES = "salesentry/SalesEntries"


def demo(server: Server) -> Company:
    return Company(server, 8301, MARIE, server.tokens(MARIE))


def test_killed_in_the_middle__books_balance_and_tokens_live(tmp_path: Path) -> None:
    """A crash leaves whole entries; what was answered is still there after a restart."""
    with running(tmp_path) as server:
        exact = demo(server)
        numbers = [exact.created(SALES, exact.sale(exact.line()))["EntryNumber"] for _ in range(5)]
        server.process.kill()
    with running(tmp_path) as server:
        again = Company(server, 8301, MARIE, exact.tokens)
        assert [entry["entry_number"] for entry in again.books()["entries"]] == numbers
        assert again.ledger()["411000"] == 600
        assert again.created(SALES, again.sale(again.line()))["EntryNumber"] == numbers[-1] + 1


def test_clock__stays_ahead_over_a_restart(tmp_path: Path) -> None:
    """Or a restart would bring expired tokens back to life."""
    with running(tmp_path) as server:
        exact = demo(server)
        server.control("clock", advance=600)
    with running(tmp_path) as server:
        assert Company(server, 8301, MARIE, exact.tokens).get(SALES, top="1").status_code == 401


def test_reset__starts_from_the_seed(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        exact = demo(server)
        account = exact.gl("706020")
        exact.created(SALES, exact.sale(exact.line()))
        server.new_company()
        server.control("clock", advance=86_400)
        server.control("faults", fault="status_503", count=None)
        server.control("reset")
        assert exact.get(SALES, top="1").status_code == 401
        fresh = demo(server)
        assert fresh.books()["entries"] == []
        assert fresh.gl("706020") == account  # seeded ids stay, so that a demo may remember them
        assert [row["Code"] for row in fresh.rows("hrm/Divisions", select="Code")] == [8301]
        assert abs(server.http.get("/_control/clock").json()["offset_s"]) < 1
        assert server.http.get("/_control/faults").json() == {"faults": []}


def test_seed__repeats_ids(tmp_path: Path) -> None:
    def ids(folder: str) -> list[str]:
        with running(tmp_path / folder, "--seed", "7") as server:
            exact = demo(server)
            return [exact.created(SALES, exact.sale(exact.line()))["EntryID"] for _ in range(2)]

    first = ids("a")
    assert first == ids("b")
    assert not set(first) & set(ids("a"))  # a second start on the same file goes on, it does not repeat


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--no-limits"], {"limits": False, "minute_limit": 60, "day_limit": 5000}),
        (["--minute-limit", "5", "--day-limit", "9"], {"limits": True, "minute_limit": 5, "day_limit": 9}),
    ],
)
def test_options(tmp_path: Path, options: list[str], expected: dict[str, Any]) -> None:
    with running(tmp_path, *options) as server:
        settings = server.http.get("/_control/settings").json()
        assert {name: settings[name] for name in expected} == expected


def test_listens_on_loopback_only(server: Server) -> None:
    """Unless told otherwise."""
    port = urlsplit(str(server.http.base_url)).port
    outside = [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in {address for address in outside if not str(address).startswith("127.")}:
        with socket.socket() as caller:
            assert caller.connect_ex((address, port)) != 0
    assert urlsplit(str(server.http.base_url)).hostname == "127.0.0.1"


def test_books_of_another_version__are_left_alone(tmp_path: Path) -> None:
    """The program says so and ends, before it serves a single call from tables it does not know."""
    with running(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "exact-online.sqlite3") as books:
        books.execute("PRAGMA user_version = 1")
    books.close()
    command = [sys.executable, "-m", "simulators.exact_online", "--port", "0", "--data", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "another version" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_https__for_clients_that_insist_on_it(tmp_path: Path) -> None:
    """Addresses in the answers are https too, so that `__next` can be followed."""
    pem = _self_signed(tmp_path)
    trusting = ssl.create_default_context(cafile=str(pem))
    with running(tmp_path / "books", "--certificate", str(pem), verify=trusting) as server:
        assert str(server.http.base_url).startswith("https://127.0.0.1:")
        pages = list(demo(server).pages("financial/GLAccounts", select="Code"))
        assert len(pages[0]) == 60
        assert pages[0][0]["__metadata"]["uri"].startswith("https://")


def _self_signed(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path
