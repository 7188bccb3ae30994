"""Refused connections: the port is really shut, and opens again."""

from collections.abc import Iterator

import httpx
import pytest
from simulated_exact import Company, Server, running

SALES = "salesentry/SalesEntries"


@pytest.fixture(scope="module")
def building(outside: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A simulator with a second way in."""
    with running(tmp_path_factory.mktemp("door"), "--control-port", "0") as started:
        yield started


@pytest.fixture
def exact(building: Server) -> Iterator[Company]:
    yield building.new_company()
    building.steering.delete("/_control/faults")
    building.control("door", open=True)


def is_open(building: Server) -> bool:
    answer = building.steering.get("/_control/door").json()
    return bool(answer["open"])


def test_door__shut_until_opened(exact: Company, building: Server) -> None:
    """Refused, so never sent: nothing can be in the books."""
    body = exact.sale(exact.line())
    building.control("door", open=False)
    with pytest.raises(httpx.TransportError):
        exact.post(SALES, body)  # an idle connection may end under its hands
    for _ in range(3):
        with pytest.raises(httpx.ConnectError):
            exact.post(SALES, body)
    assert not is_open(building)
    building.control("door", open=True)
    assert exact.post(SALES, body).status_code == 201
    assert len(exact.books()["entries"]) == 1


def test_door__shut_twice_opens_once(exact: Company, building: Server) -> None:
    building.control("door", open=False)
    building.control("door", open=False)
    building.control("release")
    assert exact.get(SALES, top="1").status_code == 200


def test_door__opens_by_itself(exact: Company, building: Server) -> None:
    building.control("door", open=False, for_s=0)
    assert any(is_open(building) for _ in range(200))
    assert exact.get(SALES, top="1").status_code == 200


def test_refuse__after_the_call_it_strikes(exact: Company, building: Server) -> None:
    """The look-up is answered, the POST that follows is refused: the case a client may safely send again."""
    body = exact.sale(exact.line())
    building.control("faults", fault="refuse", resource=SALES, method="GET", division=exact.division, hold=True)
    answer = exact.get(SALES, filter="YourRef eq 'Z 1'", select="EntryID")
    assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
    with pytest.raises(httpx.ConnectError):
        exact.post(SALES, body)
    building.control("release")
    assert exact.post(SALES, body).status_code == 201


def test_refuse__idle_connections_end_too(exact: Company, building: Server) -> None:
    with httpx.Client(base_url=building.http.base_url) as idle:
        assert idle.get("/_control/door").status_code == 200
        building.control("door", open=False)
        with pytest.raises(httpx.TransportError):
            idle.get("/_control/door")


def test_refuse__lifted_with_all_faults(exact: Company, building: Server) -> None:
    building.control("faults", fault="refuse", division=exact.division, hold=True)
    exact.get(SALES, top="1")
    building.steering.delete("/_control/faults")
    assert exact.get(SALES, top="1").status_code == 200


@pytest.mark.usefixtures("outside")
def test_refuse__stopping_while_shut(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The program ends although nobody opened the door."""
    with running(tmp_path_factory.mktemp("shut"), "--control-port", "0") as started:
        started.control("door", open=False)
        started.process.terminate()
        assert started.process.wait(20) is not None
