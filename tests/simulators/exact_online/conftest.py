"""One simulator for all tests here, as a process of its own; each test gets a company of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from simulated_exact import Company, Server

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running program, on a free loopback port."""
    data = tmp_path_factory.mktemp("exact-online")
    command = [sys.executable, "-m", "simulators.exact_online", "--port", "0", "--data", str(data), "--seed", "tests"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=address, timeout=20) as http:
            yield Server(http)
        process.terminate()


@pytest.fixture
def exact(server: Server) -> Company:
    """A company nobody else uses."""
    return server.new_company()


@pytest.fixture
def frozen(server: Server) -> Iterator[Server]:
    """The server with its clock standing still in the middle of a minute."""
    server.control("clock", frozen=True)
    now = server.http.get("/_control/clock").json()["now"]
    server.control("clock", now=f"{now[:17]}20Z")
    yield server
    server.control("clock", frozen=False)
