"""Walking over every page: following links as a person does, one page for each route of the resolver."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from tools.demo.running import log_in

LOOK_TIMEOUT_MS = 20_000
# A link in a drawing has an object for its address.
LINKS = "all => all.map(it => new URL(it.getAttribute('href'), document.baseURI).href)"
# Addresses that are no pages, or that would end the walk.
NO_PAGES = ("/static/", "/exports/file/", "/api/", "/activation/", "/console/logout/", "/i18n/", "/hijack/")
# Pages that look different for each person.
DIFFERS = ("console/", "console/shops/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A page that is open now: who looks, its address, and its route in the resolver."""

    who: str
    address: str
    route: str


@dataclass(slots=True)
class Walk:
    """Walks for one person after the other; a route is met once, except where people see different things."""

    web: str
    routes: set[str] = field(default_factory=set)

    def pages(self, browser: Browser, who: str, begin: list[str]) -> Iterator[tuple[Met, Page]]:
        """Each page, while it is open. `who` "" is nobody; `begin` is where no link leads."""
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
        page = context.new_page()
        page.set_default_timeout(LOOK_TIMEOUT_MS)
        if who:
            log_in(page, who, self.web)
        waiting = deque(f"{self.web}{path}" for path in begin)
        asked: set[str] = set()
        while waiting:
            address = waiting.popleft()
            route = self._route(address)
            key = f"{route} {who}" if route in DIFFERS else route
            if key in self.routes or address in asked:
                continue
            asked.add(address)
            if not _open(page, address):
                continue
            self.routes |= {key, self._route(page.url)}
            yield Met(who=who, address=address.removeprefix(self.web), route=route), page
            waiting.extend(self._links(page))
        context.close()

    def _links(self, page: Page) -> list[str]:
        found: list[str] = page.eval_on_selector_all("a[href]:not([download])", LINKS)
        ours = (urldefrag(it).url for it in found if it.startswith(f"{self.web}/"))
        return [it for it in ours if not urlsplit(it).path.startswith(NO_PAGES)]

    def _route(self, address: str) -> str:
        path = urlsplit(address).path
        try:
            return resolve(path).route
        except Resolver404:
            return path


def _open(page: Page, address: str) -> bool:
    """Whether a page for people came."""
    answer = page.goto(address, wait_until="load")
    return answer is not None and answer.headers.get("content-type", "").startswith("text/html")
