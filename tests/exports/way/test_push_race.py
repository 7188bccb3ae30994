"""The same closing pushed 50 times at once by 10 threads: one closing, one pair of entries."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from exact.models import Division
from tests.conftest import Caller, SimulatedExact, closing, work


def test_push__fifty_times_at_once_gives_one_pair_of_entries(
    linked: tuple[Caller, Division], exact: SimulatedExact
) -> None:
    till, division = linked

    def push(_: int) -> tuple[int, str]:
        try:
            answer = till.post("closings", closing())
            while answer.status_code == 503:  # on a busy machine, as a till would: it waited for the others too long
                answer = till.post("closings", closing())
            return answer.status_code, answer.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = [*pool.map(push, range(50))]
    work(division)

    assert sorted(status for status, _ in answers) == [200] * 49 + [201]
    assert len({closing_id for _, closing_id in answers}) == 1
    assert len(exact.entries(division.code)) == 2
