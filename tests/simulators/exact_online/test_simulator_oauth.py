"""Codes, tokens and consent (rules 1)."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from simulated_exact import CLIENT, REDIRECT, SECRET, Company, Server, form, message

MARIE = "marie.dupont@example.fr"
BASIC = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
TOO_EARLY = "Rate limit exceeded: access_token not expired"


def refresh(server: Server, token: str) -> httpx.Response:
    return server.token_call(grant_type="refresh_token", refresh_token=token)


def exchange(server: Server, code: str, redirect_uri: str = REDIRECT) -> httpx.Response:
    return server.token_call(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


def test_token__expires_in_is_a_string(server: Server) -> None:
    """Rules 1.3: a string of digits, not a number."""
    pair = server.tokens(MARIE)
    assert pair["expires_in"] == "600"
    assert pair["token_type"] == "bearer"
    assert set(pair) == {"access_token", "token_type", "expires_in", "refresh_token"}


def test_token__access_token_is_long(server: Server) -> None:
    """Rules 1.3: more than 1,000 characters have been seen."""
    assert len(server.tokens(MARIE)["access_token"]) > 1000


def test_token__basic_authentication(server: Server) -> None:
    """Rules 1.3: credentials by Basic are accepted as well."""
    answer = server.http.post(
        "/api/oauth2/token",
        data={"grant_type": "authorization_code", "code": server.code(MARIE), "redirect_uri": REDIRECT},
        headers={"Authorization": f"Basic {BASIC}"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["Bearer x", f"Bearer {BASIC}", "Basic %%%", "Basic eA=="])
def test_token__other_authorization_is_refused(server: Server, header: str) -> None:
    """Rules 1.3: a Bearer header makes the token call fail with 401."""
    data = form(grant_type="authorization_code", code=server.code(MARIE), redirect_uri=REDIRECT)
    assert server.http.post("/api/oauth2/token", data=data, headers={"Authorization": header}).status_code == 401


def test_token__wrong_secret(server: Server) -> None:
    """Rules 1.3: the secret is checked."""
    answer = server.token_call(grant_type="refresh_token", refresh_token="x", client_secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_token__unknown_grant_type(server: Server) -> None:
    """Rules 1.3: there are two grants."""
    assert server.token_call(grant_type="password").json() == {"error": "unsupported_grant_type"}


def test_code__works_once(server: Server) -> None:
    """Rules 1.2: a code is single use."""
    code = server.code(MARIE)
    assert exchange(server, code).status_code == 200
    again = exchange(server, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(("seconds", "status"), [(179, 200), (180, 400)])
def test_code__lives_three_minutes(frozen: Server, seconds: int, status: int) -> None:
    """Rules 1.2: valid 3 minutes."""
    code = frozen.code(MARIE)
    frozen.control("clock", advance=seconds)
    assert exchange(frozen, code).status_code == status


def test_code__redirect_uri_must_be_the_same(server: Server) -> None:
    """Rules 1.2: the redirect address must equal the one of the authorize call."""
    assert exchange(server, server.code(MARIE), REDIRECT + "/").status_code == 400


def test_refresh__before_570_seconds(frozen: Server) -> None:
    """Rules 1.6: too early, with the Reason header, and the token stays good."""
    pair = frozen.tokens(MARIE)
    frozen.control("clock", advance=569)
    answer = refresh(frozen, pair["refresh_token"])
    assert answer.status_code == 400
    assert answer.headers["Reason"] == f"TooEarlyToRefreshTokens: {TOO_EARLY}"
    assert answer.json() == {"error": "access_denied", "error_description": TOO_EARLY}
    frozen.control("clock", advance=1)
    assert refresh(frozen, pair["refresh_token"]).status_code == 200


def test_refresh__rotates(frozen: Server) -> None:
    """Rules 1.5: a new refresh token each time, and the old one is dead."""
    pair = frozen.tokens(MARIE)
    frozen.control("clock", advance=570)
    fresh = refresh(frozen, pair["refresh_token"]).json()
    assert fresh["refresh_token"] != pair["refresh_token"]
    frozen.control("clock", advance=570)
    assert refresh(frozen, pair["refresh_token"]).status_code == 401
    assert refresh(frozen, fresh["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("reading", "status", "text"),
    [
        ("user_not_active", 400, "The user is not active"),
        ("invalid_request", 400, "invalid_request"),
        ("old_token_text", 401, "Old refresh token used"),
    ],
)
def test_reused_refresh_token(frozen: Server, reading: str, status: int, text: str) -> None:
    """Rules 1.5: three different answers have been seen; which one comes can be chosen."""
    pair = frozen.tokens(MARIE)
    frozen.control("clock", advance=570)
    refresh(frozen, pair["refresh_token"])
    frozen.control("readings", reused_refresh_token=reading)
    answer = refresh(frozen, pair["refresh_token"])
    frozen.control("readings", reused_refresh_token="old_token_text")
    assert answer.status_code == status
    assert text in answer.text


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 400)])
def test_refresh__lapses_after_30_days(frozen: Server, days: int, status: int) -> None:
    """Rules 1.4: an unused refresh token lives 30 days."""
    pair = frozen.tokens(MARIE)
    frozen.control("clock", advance=days * 86_400)
    assert refresh(frozen, pair["refresh_token"]).status_code == status


def test_refresh__unknown_token(server: Server) -> None:
    """Rules 1.5: what was never issued is an invalid grant."""
    assert refresh(server, "gAAAnothing").json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 401)])
def test_access_token__lives_600_seconds(exact: Company, frozen: Server, seconds: int, status: int) -> None:
    """Rules 1.4: 600 s, then 401."""
    company = frozen.new_company()
    frozen.control("clock", advance=seconds)
    assert company.get("financial/Journals", select="Code").status_code == status


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc"])
def test_access_token__missing_or_unknown(exact: Company, header: str) -> None:
    """Rules 4.2: 401, in Exact's error body."""
    answer = exact.call("GET", "financial/Journals", headers={"Authorization": header})
    assert answer.status_code == 401
    assert message(answer)


def test_consent__withdrawn(exact: Company, frozen: Server) -> None:
    """Rules 1.9: the access token answers 401 and the refresh fails."""
    frozen.control("consents/withdraw", client_id=CLIENT, user=exact.user)
    assert exact.get("financial/Journals", select="Code").status_code == 401
    frozen.control("clock", advance=570)
    assert refresh(frozen, exact.tokens["refresh_token"]).status_code == 400


def test_consent__for_some_companies_only(exact: Company, server: Server) -> None:
    """Rules 1.9: the token opens the companies the user permitted for the app."""
    tokens = server.tokens(exact.user, divisions=[])
    answer = Company(server, exact.division, exact.user, tokens).get("financial/Journals", select="Code")
    assert (answer.status_code, message(answer)) == (403, "Forbidden")


def test_consent__another_company(exact: Company, server: Server) -> None:
    """Rules 1.9: a user enters its own companies only."""
    other = server.new_company()
    answer = Company(server, other.division, exact.user, exact.tokens).get("financial/Journals", select="Code")
    assert answer.status_code == 403


@pytest.mark.parametrize("division", [1, 2**40, 10**30])
def test_consent__company_that_does_not_exist(exact: Company, division: int) -> None:
    """Rules 1.9: like one the user may not enter."""
    answer = Company(exact.server, division, exact.user, exact.tokens).get("financial/Journals", select="Code")
    assert (answer.status_code, message(answer)) == (403, "Forbidden")


def test_right__missing_on_one_resource(exact: Company, server: Server) -> None:
    """Rules 1.9: 403 on one resource while others work."""
    server.control("rights", user=exact.user, resource="crm/Accounts", allowed=False)
    assert exact.get("crm/Accounts", select="ID").status_code == 403
    assert exact.get("financial/Journals", select="Code").status_code == 200
    server.control("rights", user=exact.user, resource="crm/Accounts", allowed=True)
    assert exact.get("crm/Accounts", select="ID").status_code == 200


def test_right__of_one_user_on_every_method(exact: Company, server: Server) -> None:
    """Rules 1.9: it is the user's; a colleague in the same company keeps it. Nothing is written without it."""
    colleague_name = f"colleague{exact.division}@example.fr"
    server.control("users", user=colleague_name, divisions=[exact.division])
    colleague = Company(server, exact.division, colleague_name, server.tokens(colleague_name))
    sales = "salesentry/SalesEntries"
    entry = exact.created(sales, exact.sale(exact.line()))
    server.control("rights", user=exact.user, resource=sales, allowed=False)
    key = f"{sales}(guid'{entry['EntryID']}')"
    calls = [("GET", sales), ("GET", key), ("GET", f"{sales}/$count"), ("POST", sales), ("PUT", key), ("DELETE", key)]
    assert {exact.call(method, path, json={"YourRef": "x"}).status_code for method, path in calls} == {403}
    assert colleague.get(key).json()["d"]["YourRef"] is None
    assert colleague.call("DELETE", key).status_code == 204


def test_expire_token(exact: Company, server: Server) -> None:
    """Rules 1.7: an access token that ends early can be refreshed at once."""
    server.control("tokens/expire", client_id=CLIENT, user=exact.user)
    assert exact.get("financial/Journals", select="Code").status_code == 401
    assert refresh(server, exact.tokens["refresh_token"]).status_code == 200


class TestAuthorizePage:
    """Rules 1.2: what a person's browser does."""

    query = {"client_id": CLIENT, "redirect_uri": REDIRECT, "response_type": "code", "state": "a b&c"}

    @pytest.fixture(autouse=True)
    def new_browser(self, server: Server) -> None:
        """Nobody has logged in with it."""
        server.http.cookies.clear()

    def log_in(self, server: Server, password: str = "demo") -> str:
        fields = {**self.query, "user": MARIE, "password": password}
        answer = server.http.post("/api/oauth2/auth", data=fields)
        assert answer.status_code == 200
        return answer.text

    def decide(self, server: Server, decision: str) -> dict[str, list[str]]:
        page = self.log_in(server)
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket is not None
        assert "8301 - CLYO" in page
        fields = {**self.query, "ticket": ticket[1], "decision": decision, "division": "8301"}
        answer = server.http.post("/api/oauth2/auth", data=fields)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(REDIRECT + "?")
        return parse_qs(urlsplit(answer.headers["Location"]).query)

    def test_accept(self, server: Server) -> None:
        given = self.decide(server, "accept")
        assert given["state"] == ["a b&c"]
        assert exchange(server, given["code"][0]).status_code == 200

    def test_refuse(self, server: Server) -> None:
        assert self.decide(server, "refuse") == {"error": ["access_denied"], "state": ["a b&c"]}

    def test_log_in_page(self, server: Server) -> None:
        answer = server.http.get("/api/oauth2/auth", params=self.query)
        assert answer.status_code == 200
        assert 'name="password"' in answer.text

    def test_force_login(self, server: Server) -> None:
        """Rules 1.2: with `force_login=1` the log-in comes again; without, or with 0, a known browser goes on."""
        self.log_in(server)
        for given, field in (({}, "ticket"), ({"force_login": "0"}, "ticket"), ({"force_login": "1"}, "password")):
            page = server.http.get("/api/oauth2/auth", params={**self.query, **given}).text
            assert f'name="{field}"' in page

    def test_force_login__another_user_takes_over(self, exact: Company, server: Server) -> None:
        """Rules 1.2: how one bookkeeper links several Exact accounts from one browser."""
        self.log_in(server)
        server.http.post("/api/oauth2/auth", data={**self.query, "user": exact.user, "password": "demo"})
        page = server.http.get("/api/oauth2/auth", params=self.query).text
        assert (str(exact.division) in page, "8301 - CLYO" in page) == (True, False)

    def test_session__of_another_country_is_unknown(self, server: Server) -> None:
        """Rules 1.1: an account of one country is nobody on another's host."""
        self.log_in(server)
        abroad = {**self.query, "client_id": f"{CLIENT}-nl"}
        assert 'name="password"' in server.http.get("/nl/api/oauth2/auth", params=abroad).text

    def test_wrong_password(self, server: Server) -> None:
        page = self.log_in(server, "wrong")
        assert "Unknown user or wrong password" in page
        assert "ticket" not in page

    @pytest.mark.parametrize(
        "changed", [{"redirect_uri": "https://evil.example/cb"}, {"client_id": "nobody"}, {"response_type": "token"}]
    )
    def test_unregistered(self, server: Server, changed: dict[str, str]) -> None:
        answer = server.http.get("/api/oauth2/auth", params={**self.query, **changed})
        assert answer.status_code == 400
        assert "Location" not in answer.headers

    def test_input_is_escaped(self, server: Server) -> None:
        answer = server.http.get("/api/oauth2/auth", params={**self.query, "state": '"><script>'})
        assert 'value="&#34;&gt;&lt;script&gt;"' in answer.text
        assert "<script>" not in answer.text
