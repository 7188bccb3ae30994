"""Who takes part: somebody with a browser, and a shop whose till asks for the link."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

from tenants.models import Till
from tests.conftest import Caller, SimulatedExact


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
