"""(k) The activation, from the link to the company, with a person's requests but without a browser or pauses."""

import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import httpx

from booking.mapping import take_parameters
from clyo_ingest.keys import issue_key
from exact.models import ExactApp
from tenants.models import Establishment, Tenant, Till
from tools.bench.place import Place
from tools.fleet.closings import PARAMETERS
from tools.fleet.customers import CLIENT, NO_LIMIT
from tools.stack.processes import ProgramFailed

CHARTS = {500: 99_001, 20_000: 99_002}  # accounts in the company, and its code
FIRST = 99_000  # linked before, so that no program is still starting
POLL_S = 0.05
TOO_LONG_S = 180.0
AT_ONCE = 8
MINUTE_LIMIT = 60


def measure_activation(place: Place) -> None:
    """How long it takes until the export is on, with Exact's own limit of calls, and how many calls it makes."""
    found = place.results["k"] = {}
    with place.serving(), place.working():
        _go(*_make_company(place, FIRST, 0), FIRST)
        for accounts, division in CHARTS.items():
            url, user = _make_company(place, division, accounts)
            place.control("DELETE", "calls")
            ExactApp.objects.update(minute_limit=MINUTE_LIMIT)
            seconds, largest = _go(url, user, division)
            ExactApp.objects.update(minute_limit=NO_LIMIT)
            found[f"{accounts} accounts, seconds"] = round(seconds, 2)
            found[f"{accounts} accounts, calls to Exact"] = place.control("GET", "calls")["total"]
            found[f"{accounts} accounts, kB of the largest page"] = round(largest / 1000, 1)


def _make_company(place: Place, division: int, accounts: int) -> tuple[str, str]:
    """A company with so many accounts, its user, and the link that a new till was given."""
    user = f"compta{division}@example.fr"
    place.control("POST", "users", json={"user": user, "language": "fr"})
    place.control("POST", "companies", json={"division": division, "description": "CLYO", "users": [user]})
    _fill_chart(place, division, user, accounts)
    tenant = Tenant.objects.create(
        reseller=Tenant.objects.earliest("pk").reseller, name=f"Client {division}", siren=f"{200_000_000 + division}"
    )
    establishment = Establishment.objects.create(tenant=tenant, code=f"D{division}", name=f"D{division}")
    till = Till.objects.create(tenant=tenant, establishment=establishment, name="Caisse 1")
    take_parameters(establishment, PARAMETERS)
    headers = {"Authorization": f"Bearer {issue_key(till)}"}
    answer = httpx.post(f"{place.web_url}/api/v1/activation", headers=headers, timeout=30).raise_for_status()
    return answer.json()["url"], user


def _fill_chart(place: Place, division: int, user: str, accounts: int) -> None:
    given = {**CLIENT, "code": place.control("POST", "authorize", json={"user": user, **CLIENT})["code"]}
    form = {**given, "grant_type": "authorization_code", "client_secret": "demo-secret"}
    with httpx.Client(base_url=place.exact_url, timeout=60) as http:
        token = http.post("/api/oauth2/token", data=form).raise_for_status().json()["access_token"]
        http.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        chart = f"/api/v1/{division}/financial/GLAccounts"
        there = int(http.get(f"{chart}/$count", headers={"Accept": "*/*"}).raise_for_status().text)

        def add(number: int) -> None:
            code = f"{9_000_000 + number}"
            http.post(chart, json={"Code": code, "Description": f"Compte {code}", "Type": 90}).raise_for_status()

        with ThreadPoolExecutor(AT_ONCE) as adding:
            [*adding.map(add, range(accounts - there))]


def _go(url: str, user: str, division: int) -> tuple[float, int]:
    """Open the link and press each page's button. Seconds until the export is on, bytes of our largest page."""
    with httpx.Client(follow_redirects=True, timeout=60) as http:
        begun = time.perf_counter()
        pages = [http.get(url)]
        log_in = _press(http, pages[0], "login")
        consent = _press(http, log_in, user=user, password="demo")  # noqa: S106 # the simulator's
        pages.append(_press(http, consent, decision="accept", division=str(division)))
        pages.append(_press(http, pages[-1], "choose", company=str(division)))
        while http.get(f"{pages[-1].url}progress").status_code != httpx.codes.RESET_CONTENT:
            if time.perf_counter() - begun > TOO_LONG_S:
                raise ProgramFailed(f"the checks did not end: {pages[-1].url}")
            time.sleep(POLL_S)
        pages.append(http.get(pages[-1].url))
        seconds = time.perf_counter() - begun
    if f"{division} - CLYO" not in pages[-1].text:
        raise ProgramFailed(f"the export is not on: {pages[-1].text}")
    return seconds, max(len(page.content) for page in pages)


def _press(http: httpx.Client, page: httpx.Response, do: str = "", **typed: str) -> httpx.Response:
    """Send the form of a page whose hidden `do` is as named, or its only one."""
    forms = _Forms(page.raise_for_status().text).found
    action, fields = next(it for it in forms if it[1].get("do", "") == do)
    return http.post(page.url.join(action), data=fields | typed)


class _Forms(HTMLParser):
    """The forms of a page that are posted: where to, and their hidden fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and given.get("type") == "hidden" and self.found:
            self.found[-1][1][given["name"]] = given.get("value", "")
