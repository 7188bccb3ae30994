"""The mailbox over the wire: what the service sends is kept, shown and listed, and only the newest stay."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tools.stack.programs import free_port

MAILBOX = [sys.executable, "-m", "simulators.mailbox"]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where it listens, and where it keeps letters."""

    folder: Path
    port: int
    page_port: int

    def send(self, subject: str, text: str) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "exact@clyo.example", "rita@canal.example", subject
        letter.set_content(text)
        letter.add_attachment(b"120.00", maintype="text", subtype="plain", filename="fec.txt")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as line:
            line.send_message(letter)

    def page(self) -> str:
        return httpx.get(f"http://127.0.0.1:{self.page_port}/", timeout=20).text


@pytest.fixture
def mailbox(outside: None, tmp_path: Path) -> Iterator[Mailbox]:
    made = Mailbox(tmp_path / "letters", free_port(), free_port())
    ports = ["--port", str(made.port), "--page-port", str(made.page_port)]
    running = subprocess.Popen([*MAILBOX, "--folder", made.folder, *ports], cwd=ROOT)
    deadline = time.monotonic() + 30
    while True:
        try:
            made.page()
            break
        except httpx.TransportError:
            assert running.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
    yield made
    running.terminate()
    running.wait(20)


def test_mailbox__keeps_and_shows_what_comes(mailbox: Mailbox) -> None:
    assert "None yet" in mailbox.page()
    mailbox.send("Votre accès", "Choisissez <votre> mot de passe")
    page = mailbox.page()
    assert "rita@canal.example" in page
    assert "Choisissez &lt;votre&gt; mot de passe" in page
    assert "[fec.txt]" in page
    listed = subprocess.run(
        [*MAILBOX, "--folder", mailbox.folder, "--list"], cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert "Subject: Votre accès" in listed.stdout


def test_mailbox__lets_the_oldest_go(mailbox: Mailbox) -> None:
    for number in range(1_000):
        (mailbox.folder / f"{number:04}-x.eml").write_bytes(b"Subject: old\r\n\r\n")
    mailbox.send("new", "text")
    kept = sorted(it.name for it in mailbox.folder.glob("*.eml"))
    assert (len(kept), kept[0]) == (1_000, "0001-x.eml")
