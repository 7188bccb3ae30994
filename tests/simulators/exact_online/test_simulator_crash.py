"""Killed while callers write: what was acknowledged stands, and the books balance, whatever the moment."""

import threading
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from simulated_exact import Company, Server, running

pytestmark = pytest.mark.usefixtures("outside")

MARIE = "marie.dupont@example.fr"
SALES = "salesentry/SalesEntries"
WRITERS = 4


class Writer(threading.Thread):
    """Posts entries one after the other until the connection breaks; remembers what was acknowledged."""

    def __init__(self, exact: Company, name: str, body: dict[str, object], enough: threading.Semaphore) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.acknowledged: list[str] = []
        self._exact, self._name, self._body, self._enough = exact, name, body, enough

    def run(self) -> None:
        with httpx.Client(base_url=self._exact.server.http.base_url, timeout=20) as http:
            path = f"/api/v1/{self._exact.division}/{SALES}"
            while True:
                reference = f"{self._name}-{len(self.asked)}"
                self.asked.append(reference)
                try:
                    answer = http.post(path, json={**self._body, "YourRef": reference}, headers=self._exact.headers)
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    self.acknowledged.append(reference)
                    self._enough.release()


@pytest.mark.parametrize("acknowledged", [1, 17, 60])
def test_killed_while_writing__nothing_acknowledged_is_lost(tmp_path: Path, acknowledged: int) -> None:
    """At most the call in flight is unknown, and it is there whole or not at all."""
    with running(tmp_path, "--no-limits") as server:
        exact = demo(server)
        body = exact.sale(
            exact.line("706020"), exact.line("706010", vat_code="VR"), exact.line("701000", vat_code="VB")
        )
        enough = threading.Semaphore(0)
        writers = [Writer(exact, f"W{number}", body, enough) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for _ in range(acknowledged):
            assert enough.acquire(timeout=60)
        server.process.kill()
        for writer in writers:
            writer.join()
    with running(tmp_path, "--no-limits") as server:
        books = demo(server).books()
    kept = [entry["reference"] for entry in books["entries"]]
    assert len(kept) == len(set(kept))
    assert set(kept) <= {reference for writer in writers for reference in writer.asked}
    assert {reference for writer in writers for reference in writer.acknowledged} <= set(kept)
    assert len(kept) >= acknowledged
    assert books["trial_balance"]["difference"] == "0.00"
    for entry in books["entries"]:
        assert sum(Decimal(line["debit"]) - Decimal(line["credit"]) for line in entry["lines"]) == 0
        assert [line["role"] for line in entry["lines"]].count("document") == 3


def demo(server: Server) -> Company:
    return Company(server, 8301, MARIE, server.tokens(MARIE))
