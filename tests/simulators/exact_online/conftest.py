"""One simulator for all tests here, as a process of its own; each test gets a company of its own."""

from collections.abc import Iterator

import pytest
from simulated_exact import Company, Server, running


@pytest.fixture(scope="session")
def server(outside: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running program."""
    with running(tmp_path_factory.mktemp("exact-online"), "--seed", "tests") as started:
        yield started


@pytest.fixture
def exact(server: Server) -> Company:
    """A company nobody else uses."""
    return server.new_company()


@pytest.fixture
def frozen(server: Server) -> Iterator[Server]:
    """The server with its clock standing still in the middle of a minute; it runs on afterwards."""
    server.control("clock", frozen=True)
    now = server.http.get("/_control/clock").json()["now"]
    server.control("clock", now=f"{now[:17]}20Z")
    yield server
    server.control("clock", real=True)
