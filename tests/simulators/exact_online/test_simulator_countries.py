"""Hosts by country: app registrations, users and tokens of one are unknown on another (rules 1.1)."""

from pathlib import Path

import httpx
import pytest
from simulated_exact import REDIRECT, Company, Server, message, running

DUTCH = {"client_id": "demo-client-nl", "client_secret": "demo-secret-nl"}
FRENCH = {"client_id": "demo-client", "client_secret": "demo-secret"}
AUTHORIZE = {"redirect_uri": REDIRECT, "response_type": "code", "state": "s"}


def code_of(server: Server, client: str, user: str) -> str:
    code: str = server.control("authorize", client_id=client, redirect_uri=REDIRECT, user=user)["code"]
    return code


def exchange(server: Server, root: str, app: dict[str, str], code: str) -> httpx.Response:
    form = {**app, "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    return server.http.post(f"{root}/api/oauth2/token", data=form)


@pytest.fixture
def dutch(server: Server, exact: Company) -> Company:
    """A Dutch user's company; its number only has to be free."""
    division, user = exact.division + 100_000, f"jan{exact.division}@example.nl"
    server.control("users", user=user, language="nl", country="nl")
    server.control("companies", division=division, users=[user], country="nl")
    tokens = exchange(server, "/nl", DUTCH, code_of(server, DUTCH["client_id"], user)).json()
    return Company(server, division, user, tokens)


def on(country: str, company: Company, path: str) -> httpx.Response:
    """A GET of a company's list on a country's host."""
    params = {"$top": "1"}
    return company.server.http.get(
        f"{country}/api/v1/{company.division}/{path}", params=params, headers=company.headers
    )


def test_api_of_ones_own_country_only(dutch: Company, exact: Company) -> None:
    journals = "financial/Journals"
    assert on("/nl", dutch, journals).status_code == 200
    for root in ("", "/fr", "/be"):
        assert on(root, dutch, journals).status_code == 401
    assert on("/fr", exact, journals).status_code == on("", exact, journals).status_code == 200
    assert on("/nl", exact, journals).status_code == 401


def test_addresses_stay_on_the_host(dutch: Company) -> None:
    """Rules 3.5: `__next` is followed as it is; so are the addresses of rows and links."""
    root = f"{dutch.server.http.base_url}/nl/api/v1/{dutch.division}/financial/GLAccounts"
    url = f"/nl/api/v1/{dutch.division}/financial/GLAccounts"
    inner = dutch.server.http.get(url, headers=dutch.headers).json()["d"]
    assert inner["__next"].startswith(f"{root}?$skiptoken=")
    assert inner["results"][0]["__metadata"]["uri"].startswith(f"{root}(guid'")
    assert dutch.server.http.get(inner["__next"], headers=dutch.headers).status_code == 200


def test_country_of_a_company(dutch: Company) -> None:
    """Rules 3.8: padded to three characters."""
    path = f"system/Divisions({dutch.division})"
    row = on("/nl", dutch, path).json()["d"]
    assert (row["Country"], row["Legislation"]) == ("NL ", "NL ")


def test_errors_in_the_users_language(dutch: Company) -> None:
    url = f"/nl/api/v1/{dutch.division}/salesentry/SalesEntries"
    answer = dutch.server.http.post(url, json={}, headers=dutch.headers)
    assert message(answer).split("\r\n")[0] == "Verplicht: Dagboek"


@pytest.mark.parametrize(
    ("root", "app", "status"),
    [("/nl", DUTCH, 200), ("", DUTCH, 401), ("/be", DUTCH, 401), ("/nl", FRENCH, 401)],
)
def test_token_endpoint_knows_its_own_apps(
    dutch: Company, server: Server, root: str, app: dict[str, str], status: int
) -> None:
    answer = exchange(server, root, app, code_of(server, DUTCH["client_id"], dutch.user))
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["error"] == "invalid_client"


def test_refresh_on_another_host_is_refused(frozen: Server, dutch: Company) -> None:
    frozen.control("clock", advance=590)
    form = {"grant_type": "refresh_token", "refresh_token": dutch.tokens["refresh_token"]}
    assert frozen.http.post("/api/oauth2/token", data={**FRENCH, **form}).status_code == 400
    assert frozen.http.post("/api/oauth2/token", data={**DUTCH, **form}).status_code == 401
    assert frozen.http.post("/nl/api/oauth2/token", data={**DUTCH, **form}).status_code == 200


def test_log_in__users_of_the_country_only(dutch: Company, exact: Company, server: Server) -> None:
    """Rules 1.2: the page shows the log-in again."""
    query = {**AUTHORIZE, "client_id": DUTCH["client_id"]}
    assert server.http.get("/api/oauth2/auth", params=query).status_code == 400
    for user, is_known in ((dutch.user, True), (exact.user, False)):
        form = {"user": user, "password": "demo"}
        page = server.http.post("/nl/api/oauth2/auth", params=query, data=form)
        assert (page.status_code, "Accept" in page.text) == (200, is_known)


def test_control__app_and_user_of_different_countries(dutch: Company, server: Server) -> None:
    body = {"client_id": "demo-client", "redirect_uri": REDIRECT, "user": dutch.user}
    answer = server.http.post("/_control/authorize", json=body)
    assert (answer.status_code, "different countries" in answer.json()["error"]) == (400, True)
    assert server.http.post("/_control/users", json={"user": "x", "country": "xx"}).status_code == 400
    app = {"client_id": "demo-client", "client_secret": "s"}
    assert server.http.post("/_control/apps", json=app).status_code == 400


@pytest.mark.usefixtures("outside")
def test_host_by_port(tmp_path: Path) -> None:
    """A program started for another country serves it without a path in front."""
    with running(tmp_path, "--country", "be") as server:
        user = "marie.dupont@example.fr"
        tokens = exchange(server, "", FRENCH, code_of(server, "demo-client", user)).json()
        belgian = Company(server, 8301, user, tokens)
        assert belgian.get("system/Divisions", select="Country").json()["d"]["results"][0]["Country"] == "BE "
        assert on("/be", belgian, "financial/Journals").status_code == 200
        assert on("/fr", belgian, "financial/Journals").status_code == 401
