"""Walks over every page of the demo as each kind of person, says what is wrong with each, and fails if anything is.

`CONSOLE=http://127.0.0.1:8000` looks at a demo that runs already.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from tools.accessible.doings import DOINGS
from tools.accessible.faults import faults_of, sideways
from tools.accessible.walk import Walk
from tools.demo.running import log_in, running_demo
from tools.stack.browser import find_browser

TALL, TALLEST = 900, 20_000
DESK, PHONE, SMALLEST = 1280, 390, 320
# Pages to which no link leads: those before the log-in, a missing page, forms that a button opens.
UNLINKED = ("/console/login/", "/console/password/", "/console/password/sent/", "/console/password/done/")
PEOPLE: dict[str, tuple[str, ...]] = {
    "": (
        *UNLINKED,
        "/developers/",
        "/nowhere/",
        "/activation/c0ffee-0123456789/",
        "/exports/file/over/",
        "/console/password/MQ/over-now/",
    ),
    "support@clyo.example": (
        "/console/",
        "/console/nowhere/",
        "/console/second-factor/new/",
        "/console/search/?q=Large",
        "/console/people/invite/",
        "/console/clyo_ingest/tillkey/",
        "/console/password_change/done/",
    ),
    "revendeur@canal.example": ("/console/",),
    "comptable@moreau.example": ("/console/", "/console/tenants/reseller/"),
    "helene@lambert.example": ("/console/",),
}


# The person who does the steps of `doings`.
DOES = "revendeur@canal.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way to look at a page."""

    name: str
    wide: int
    dark: bool


LOOKS = (
    Look(name="wide", wide=DESK, dark=False),
    Look(name="wide, dark", wide=DESK, dark=True),
    Look(name="narrow", wide=PHONE, dark=False),
    Look(name="narrow, dark", wide=PHONE, dark=True),
)


def main() -> int:
    import django

    django.setup()
    with stage() as web, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        walk = Walk(web=web)
        told = [_say(who, address, [*_look_at(page)], page) for who, address, page in _everything(browser, walk)]
        browser.close()
    print(f"axe: {len(told)} pages, each wide and narrow, light and dark; {sum(told)} with faults")
    return 1 if any(told) else 0


def _everything(browser: Browser, walk: Walk) -> Iterator[tuple[str, str, Page]]:
    """Every page a link leads to, as each person, then what only appears when something is done."""
    for who, begin in PEOPLE.items():
        for met, page in walk.pages(browser, who, [*begin]):
            yield who, met.address, page
    page = browser.new_page(locale="fr-FR")
    log_in(page, DOES, walk.web)
    for do in DOINGS:
        do(page, walk.web)
        yield DOES, do.__name__.replace("_", " "), page


@contextmanager
def stage() -> Iterator[str]:
    """The address of a demo's console: of the one that runs already, or of one for this while."""
    if running := os.environ.get("CONSOLE"):
        yield running
        return
    with running_demo() as stage:
        yield stage.web


def _look_at(page: Page) -> Iterator[str]:
    """What is wrong with an open page, in each way to look at it; the last one leaves it narrow and light."""
    for look in LOOKS:
        page.set_viewport_size({"width": look.wide, "height": TALL})
        page.emulate_media(color_scheme="dark" if look.dark else "light")
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", look.dark)
        # All of it in the window at once: what stands at its foot hides nothing that can be scrolled to.
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": look.wide, "height": min(max(TALL, tall), TALLEST)})
        for fault in faults_of(page):
            yield f"{look.name}: {fault}"
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.classList.remove('dark')")
    page.set_viewport_size({"width": SMALLEST, "height": TALL})
    if by := sideways(page):
        yield f"{SMALLEST} px wide: scrolls-sideways: {by} px"
    page.set_viewport_size({"width": PHONE, "height": TALL})


def _say(who: str, address: str, faults: list[str], page: Page) -> bool:
    """Print a page with its faults; whether it has any."""
    tall = page.evaluate("document.documentElement.scrollHeight")
    print(f"  {who or 'nobody':24} {address[:90]:90} {tall:6} px tall when narrow", flush=True)
    for fault in faults:
        print(f"      {fault}", flush=True)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
