"""Walks over every page of the demo as each kind of person, says what is wrong with each, and fails if anything is.

`CONSOLE=http://127.0.0.1:8000` looks at a demo that runs already.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from tools.accessible.faults import faults_of, sideways
from tools.accessible.walk import Met, Walk
from tools.demo.running import running_demo
from tools.stack.browser import find_browser

TALL, TALLEST = 900, 20_000
DESK, PHONE, SMALLEST = 1280, 390, 320
# Where no link leads: pages before the log-in, a page that is not there, forms one comes to by a button.
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
    with _stage() as web, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        walk = Walk(web=web)
        pages, faulty = 0, 0
        for who, begin in PEOPLE.items():
            for met, page in walk.pages(browser, who, [*begin]):
                faults = [*_look_at(page)]
                pages, faulty = pages + 1, faulty + bool(faults)
                _say(met, page, faults)
        browser.close()
    print(f"axe: {pages} pages, each wide and narrow, light and dark; {faulty} with faults")
    return 1 if faulty else 0


@contextmanager
def _stage() -> Iterator[str]:
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


def _say(met: Met, page: Page, faults: list[str]) -> None:
    tall = page.evaluate("document.documentElement.scrollHeight")
    print(f"  {met.who or 'nobody':24} {met.address[:90]:90} {tall:6} px tall when narrow", flush=True)
    for fault in faults:
        print(f"      {fault}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
