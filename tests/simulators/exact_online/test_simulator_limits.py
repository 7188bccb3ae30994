"""Rate limits and the limit on errors (rules 2)."""

from collections.abc import Iterator

import httpx
import pytest
from simulated_exact import Company, Server

MINUTE = ("X-RateLimit-Minutely-Limit", "X-RateLimit-Minutely-Remaining", "X-RateLimit-Minutely-Reset")
DAY = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest.fixture
def noon(frozen: Server) -> Iterator[Server]:
    """Noon and twenty seconds, a day in 2026; limits as usual afterwards."""
    frozen.control("clock", now="2026-11-20T12:00:20Z")
    yield frozen
    frozen.control("settings", limits=True, minute_limit=60, day_limit=5000, token_limit=200)


def call(exact: Company, times: int = 1) -> list[int]:
    return [exact.get("financial/Journals", select="Code").status_code for _ in range(times)]


def test_headers(noon: Server) -> None:
    """Rules 2.2: both limits on a good answer; resets in milliseconds, at the full minute and midnight UTC."""
    exact = noon.new_company()
    headers = exact.get("financial/Journals", select="Code").headers
    assert [headers[name] for name in MINUTE] == ["60", "59", "1795176060000"]
    assert [headers[name] for name in DAY] == ["5000", "4999", "1795219200000"]


def test_minute__sixty_calls(noon: Server) -> None:
    """Rules 2.1, 2.2: the 61st is 429, with the minutely headers only and no Retry-After."""
    exact = noon.new_company()
    assert set(call(exact, 60)) == {200}
    answer = exact.get("financial/Journals", select="Code")
    assert answer.status_code == 429
    assert answer.content == b""
    assert answer.headers["X-RateLimit-Minutely-Remaining"] == "0"
    assert "X-RateLimit-Limit" not in answer.headers
    assert "Retry-After" not in answer.headers


def test_minute__starts_again_with_the_clock_minute(noon: Server) -> None:
    """Rules 2.2: the window is the clock's minute."""
    exact = noon.new_company()
    call(exact, 60)
    noon.control("clock", advance=39)
    assert call(exact) == [429]
    noon.control("clock", advance=1)
    assert call(exact) == [200]


def test_minute__per_company(noon: Server) -> None:
    """Rules 2.1: app and company."""
    exact, other = noon.new_company(), noon.new_company()
    call(exact, 61)
    assert call(other) == [200]


def test_day__only_its_own_headers(noon: Server) -> None:
    """Rules 2.2: when the day is used up only the daily headers come, until midnight UTC."""
    noon.control("settings", day_limit=2)
    exact = noon.new_company()
    assert call(exact, 2) == [200, 200]
    answer = exact.get("financial/Journals", select="Code")
    assert answer.status_code == 429
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert "X-RateLimit-Minutely-Limit" not in answer.headers
    noon.control("clock", now="2026-11-21T00:00:00Z")
    again = Company(noon, exact.division, exact.user, noon.tokens(exact.user))
    assert call(again) == [200]


def test_refused_call_does_not_count(noon: Server) -> None:
    """A 429 takes nothing from the day."""
    noon.control("settings", minute_limit=1)
    exact = noon.new_company()
    call(exact, 5)
    noon.control("clock", advance=40)
    answer = exact.get("financial/Journals", select="Code")
    assert answer.headers["X-RateLimit-Remaining"] == "4998"


def test_switched_off(noon: Server) -> None:
    noon.control("settings", limits=False)
    exact = noon.new_company()
    assert set(call(exact, 70)) == {200}
    assert "X-RateLimit-Limit" not in exact.get("financial/Journals", select="Code").headers


class TestTokens:
    """Rules 1.6: 200 token calls a day per app and user."""

    @pytest.fixture
    def pair(self, noon: Server) -> dict[str, str]:
        """The first call of a new user's day; two more are left."""
        noon.control("settings", token_limit=3)
        return noon.new_company().tokens

    def refresh(self, noon: Server, pair: dict[str, str]) -> httpx.Response:
        return noon.token_call(grant_type="refresh_token", refresh_token=pair["refresh_token"])

    def test_used_up_until_midnight(self, noon: Server, pair: dict[str, str]) -> None:
        """A refusal for being early counts; the refused call leaves the refresh token alive."""
        assert self.refresh(noon, pair).status_code == 400
        noon.control("clock", advance=570)
        pair = self.refresh(noon, pair).json()
        noon.control("clock", advance=570)
        answer = self.refresh(noon, pair)
        assert (answer.status_code, answer.json()["error"]) == (429, "access_denied")
        assert "not expired" not in answer.json()["error_description"]  # clients take these words for "still good"
        noon.control("clock", now="2026-11-21T00:00:00Z")
        assert self.refresh(noon, pair).status_code == 200

    def test_per_user(self, noon: Server, pair: dict[str, str]) -> None:
        for _ in range(3):
            self.refresh(noon, pair)
        assert self.refresh(noon, pair).status_code == 429
        assert noon.new_company().tokens

    def test_default(self, noon: Server) -> None:
        assert noon.http.get("/_control/settings").json()["token_limit"] == 200

    def test_switched_off(self, noon: Server, pair: dict[str, str]) -> None:
        noon.control("settings", limits=False)
        assert {self.refresh(noon, pair).status_code for _ in range(5)} == {400}


class TestErrors:
    """Rules 2.1: more than ten of 400, 401, 403, 404 an hour block caller and endpoint."""

    def fail(self, exact: Company, times: int) -> list[int]:
        return [exact.get("financial/Journals", select="Colour").status_code for _ in range(times)]

    def test_eleventh_blocks(self, noon: Server) -> None:
        exact = noon.new_company()
        assert self.fail(exact, 11) == [400] * 11
        answer = exact.get("financial/Journals", select="Code")
        assert answer.status_code == 429
        assert not any(name.lower().startswith("x-ratelimit") for name in answer.headers)

    def test_ten_do_not(self, noon: Server) -> None:
        exact = noon.new_company()
        self.fail(exact, 10)
        assert call(exact) == [200]

    def test_other_endpoint_goes_on(self, noon: Server) -> None:
        exact = noon.new_company()
        self.fail(exact, 11)
        assert exact.get("financial/GLAccounts", select="Code").status_code == 200

    def test_old_errors_are_forgotten(self, noon: Server) -> None:
        exact = noon.new_company()
        self.fail(exact, 10)
        noon.control("clock", advance=3600)
        exact = Company(noon, exact.division, exact.user, noon.tokens(exact.user))
        assert self.fail(exact, 10) == [400] * 10
        assert call(exact) == [200]

    def test_block_ends_after_an_hour_and_doubles(self, noon: Server) -> None:
        exact = noon.new_company()
        for hours in (1, 2):
            self.fail(exact, 11)
            noon.control("clock", advance=hours * 3600 - 1)
            exact = Company(noon, exact.division, exact.user, noon.tokens(exact.user))
            assert call(exact) == [429]
            noon.control("clock", advance=1)
            assert call(exact) == [200]

    def test_expired_token_counts(self, noon: Server) -> None:
        exact = noon.new_company()
        noon.control("tokens/expire", client_id="demo-client", user=exact.user)
        assert call(exact, 11) == [401] * 11
        exact = Company(noon, exact.division, exact.user, noon.tokens(exact.user))
        assert call(exact) == [429]

    def test_business_errors_do_not_count(self, noon: Server) -> None:
        """Rules 2.1: 500 is not in the list."""
        exact = noon.new_company()
        body = {"Journal": "70"}
        assert {exact.post("salesentry/SalesEntries", body).status_code for _ in range(12)} == {500}
