"""Who takes part: somebody with a browser, and a shop whose till asks for the link."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from exact.tasks import sweep
from tenants.models import Till
from tests.conftest import REDIRECT, Caller, SimulatedExact


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a browser of their own."""

    context: BrowserContext
    page: Page

    def log_in(self, user: str, *, accept: bool = True) -> None:
        """On Exact's page: who one is, and whether the access is given."""
        self.page.fill("input[name=user]", user)
        self.page.fill("input[name=password]", "demo")
        self.page.click("button:has-text('Log in')")
        self.page.click("button[value=accept]" if accept else "button[value=refuse]")

    def begin(self, url: str) -> None:
        """Open a link and go on to Exact."""
        self.page.goto(url)
        self.page.click("button.main")

    def say_start(self, day: str = "2026-01-01") -> None:
        """Answer the last question: which day is the first that is booked."""
        self.page.wait_for_selector(".companies button[name=from]")
        self.page.goto(f"{self.page.url.partition('?')[0]}?from={day}")
        self.page.click("button.main")

    @property
    def heading(self) -> str:
        return self.page.inner_text("h1")

    def wait_for(self, text: str) -> None:
        self.page.wait_for_selector(f"h1:has-text('{text}')")


@dataclass(frozen=True, slots=True)
class Shop:
    """A till of a shop that is not linked yet, and the Exact user and company that will be its."""

    caller: Caller
    exact: SimulatedExact
    division: int
    user: str
    served: str

    @property
    def till(self) -> Till:
        return self.caller.till

    def link(self) -> str:
        answer = self.caller.post("activation", None)
        assert answer.status_code == 201, answer.content
        url: str = answer.json()["url"]
        return url

    def state(self) -> str:
        state: str = self.caller.get("activation").json()["state"]
        return state

    def wait(self, reached: Callable[[], bool]) -> None:
        """Let the worker do what was sent to it."""
        for _ in range(400):
            if reached():
                return
            time.sleep(0.05)
        raise AssertionError("the worker did not get there")

    def sweep(self) -> None:
        """What beat does every half minute."""
        sweep()


def master(shop: Shop, resource: str, code: str, **changes: Any) -> None:
    """The bookkeeper changes a row of the company's master data in Exact."""
    http, client = shop.exact.http, {"client_id": "demo-client", "redirect_uri": REDIRECT}
    given = {**client, "code": shop.exact.control("authorize", **client, user=shop.user)["code"]}
    form = {**given, "grant_type": "authorization_code", "client_secret": "demo-secret"}
    token = http.post("/api/oauth2/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    base = f"/api/v1/{shop.division}/{resource}"
    query = {"$select": "ID", "$filter": f"trim(Code) eq '{code}'"}
    row = http.get(base, headers=headers, params=query).json()["d"]["results"][0]
    answer = http.put(f"{base}(guid'{row['ID']}')", headers=headers, json=changes)
    assert answer.status_code == 204, answer.text
