"""Who takes part: somebody with a browser, and a shop whose till asks for the link."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mechanicalsoup import StatefulBrowser
from playwright.sync_api import BrowserContext, Page

from exact.tasks import sweep
from tenants.models import Till
from tests.conftest import REDIRECT, Caller, SimulatedExact

TOO_LONG_S = 20
BETWEEN_LOOKS_S = 0.1


class Holder(ABC):
    """Somebody who has a link, and a browser of their own to go its way."""

    @abstractmethod
    def open(self, url: str) -> int:
        """Go to an address. Returns the status of the answer."""

    @abstractmethod
    def press(self, css: str, saying: str = "") -> None:
        """Press the one button or link that there is of this kind, with these words on it."""

    @abstractmethod
    def fill(self, css: str, value: str) -> None:
        """Type into a field."""

    @abstractmethod
    def text(self, css: str) -> str:
        """The words of a part of the page, whatever kind of space or line end is between them."""

    @abstractmethod
    def wait_for(self, text: str, css: str = "h1") -> None:
        """Let the page go on by itself until such a part of it has these words."""

    @abstractmethod
    def look_again(self) -> None:
        """Load the page anew."""

    @property
    @abstractmethod
    def address(self) -> str: ...

    @property
    def heading(self) -> str:
        return self.text("h1")

    def begin(self, url: str) -> None:
        """Open a link and go on to Exact."""
        self.open(url)
        self.press("button.main")

    def log_in(self, user: str, *, accept: bool = True) -> None:
        """On Exact's page: who one is, and whether the access is given."""
        self.fill("input[name=user]", user)
        self.fill("input[name=password]", "demo")
        self.press("button", "Log in")
        self.press("button[value=accept]" if accept else "button[value=refuse]")

    def choose(self, division: int) -> None:
        """Say which company's books it is."""
        self.press(f"button[value='{division}']")

    def say_start(self, day: str = "2026-01-01") -> None:
        """Answer the last question: which day is the first that is booked."""
        self.wait_for("", ".companies button[name=from]")
        self.open(f"{self.address.partition('?')[0]}?from={day}")
        self.press("button.main")


@dataclass(frozen=True, slots=True)
class Visitor(Holder):
    """Somebody whose browser runs scripts and draws: Chromium."""

    context: BrowserContext
    page: Page

    def open(self, url: str) -> int:
        answer = self.page.goto(url)
        assert answer is not None
        return answer.status

    def press(self, css: str, saying: str = "") -> None:
        self.page.locator(css, has_text=saying or None).click()

    def fill(self, css: str, value: str) -> None:
        self.page.fill(css, value)

    def text(self, css: str) -> str:
        return plain(self.page.inner_text(css))

    def wait_for(self, text: str, css: str = "h1") -> None:
        self.page.locator(css, has_text=text or None).first.wait_for()

    def look_again(self) -> None:
        self.page.reload()

    @property
    def address(self) -> str:
        return self.page.url


@dataclass(frozen=True, slots=True)
class Reader(Holder):
    """Somebody whose browser runs no scripts and draws nothing: it reads also what a page has folded away. It begins in
    no time, so it is for all tests but those of what a browser does with a page."""

    browser: StatefulBrowser
    passed: list[str] = field(default_factory=list)
    """Every address that answered, those that only send on included."""

    def __post_init__(self) -> None:
        self.browser.session.hooks["response"].append(self._pass)

    def _pass(self, answer: Any, **_options: Any) -> None:
        self.passed.append(answer.url)
        assert answer.status_code < 500, f"{answer.status_code} at {answer.url}: {answer.text}"

    def open(self, url: str) -> int:
        status: int = self.browser.open(url).status_code
        return status

    def press(self, css: str, saying: str = "") -> None:
        pressed = self.find(css, saying)
        if pressed.name == "a":
            self.browser.follow_link(pressed)
        else:
            self.browser.select_form(pressed.find_parent("form")).choose_submit(pressed)
            self.browser.submit_selected()

    def fill(self, css: str, value: str) -> None:
        self.find(css)["value"] = value

    def tick(self, css: str) -> None:
        self.find(css)["checked"] = ""

    def find(self, css: str, saying: str = "") -> Any:
        """The one element of the page of this kind, with these words in it."""
        found = [it for it in self.browser.page.select(css) if saying in plain(it.get_text(" "))]
        assert len(found) == 1, (
            f"{len(found)} of {css} “{saying}” at {self.address}: {plain(self.browser.page.get_text(' '))}"
        )
        return found[0]

    def text(self, css: str) -> str:
        return plain(self.find(css).get_text(" "))

    def texts(self, css: str) -> list[str]:
        """The words of each such part of the page."""
        return [plain(it.get_text(" ")) for it in self.browser.page.select(css)]

    def wait_for(self, text: str, css: str = "h1") -> None:
        """As a browser without scripts, it asks again for a page that says it will have more; no other gets better."""
        until = time.monotonic() + TOO_LONG_S
        while not any(text in it for it in self.texts(css)):
            goes_on = self.browser.page.select_one("meta[http-equiv=refresh]") and time.monotonic() < until
            assert goes_on, f"{css} never says “{text}” at {self.address}, headed “{self.heading}”"
            time.sleep(BETWEEN_LOOKS_S)
            self.look_again()

    def look_again(self) -> None:
        self.open(self.address)

    @property
    def address(self) -> str:
        url: str = self.browser.url
        return url

    @property
    def source(self) -> str:
        return str(self.browser.page)


Readers = Callable[[], Reader]


def plain(text: str) -> str:
    """One space between words, of whatever kind and however many there are."""
    return " ".join(text.split())


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


def reach_companies(shop: Shop, holder: Holder) -> None:
    """From the link past the log-in: the holder is asked which company it is."""
    holder.begin(shop.link())
    holder.log_in(shop.user)
    holder.wait_for("comptabilité")


def linked(shop: Shop, holder: Holder) -> None:
    """The whole way, to the page that says which company the export goes to."""
    reach_companies(shop, holder)
    holder.choose(shop.division)
    holder.say_start()
    holder.wait_for(f"{shop.division} - TEST")


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
