"""`make weight`: what the five main pages weigh and how long they take in a browser, the first time and the second."""

import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tools.accessible.__main__ import stage
from tools.demo.running import log_in
from tools.stack.browser import find_browser

WHO = "revendeur@atlantique.example"
CLOSINGS = "/console/exports/storedclosing/"
# Milliseconds and bytes as the browser counts them; bytes are those that went over the wire, compressed.
MEASURED = """async () => {
  const [page] = performance.getEntriesByType("navigation");
  const rest = performance.getEntriesByType("resource");
  const painted = await new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
      .observe({ type: "largest-contentful-paint", buffered: true });
    setTimeout(() => done(0), 1000);
  });
  return {
    bytes: [page, ...rest].reduce((sum, it) => sum + it.transferSize, 0),
    requests: 1 + rest.filter(it => it.transferSize > 0).length,
    nodes: document.querySelectorAll("*").length,
    server: Math.round(page.responseStart - page.requestStart),
    loaded: Math.round(page.loadEventEnd),
    painted: Math.round(painted),
    heavy: rest.toSorted((a, b) => b.transferSize - a.transferSize).slice(0, 4)
      .map(it => `${new URL(it.name).pathname.split("/").at(-1)} ${Math.round(it.transferSize / 1000)}`),
  };
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A page, its figures and the errors in its console."""

    name: str
    figures: dict[str, Any]
    errors: list[str]


def main() -> int:
    """Print a line for each visit: with an empty cache, then with a full one."""
    with stage() as web, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        for name, address in _main_pages(browser, web):
            first, again = _weigh(browser, web, name, address)
            _say(first, "first")
            _say(again, "again")
        browser.close()
    return 0


def _main_pages(browser: Browser, web: str) -> list[tuple[str, str]]:
    page = browser.new_page()
    log_in(page, WHO, web)
    page.goto(f"{web}{CLOSINGS}")
    closing = page.locator("#result_list th a").first.get_attribute("href")
    page.goto(f"{web}/console/shops/")
    shop = page.locator(".console-map th a").first.get_attribute("href")
    page.context.close()
    return [
        ("first page", "/console/"),
        ("closings", CLOSINGS),
        ("a closing", urlsplit(closing or "").path),
        ("a shop", shop or ""),
        ("check", "/console/check/"),
    ]


def _weigh(browser: Browser, web: str, name: str, address: str) -> tuple[Weighed, Weighed]:
    """With an empty cache, then with a full one; logged in either way."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    log_in(page, WHO, web)
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    found = _visit(page, name, f"{web}{address}"), _visit(page, name, f"{web}{address}")
    context.close()
    return found


def _visit(page: Page, name: str, address: str) -> Weighed:
    errors: list[str] = []
    page.on("console", lambda it: errors.append(it.text) if it.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address, wait_until="networkidle")
    return Weighed(name=name, figures=page.evaluate(MEASURED), errors=errors)


def _say(weighed: Weighed, when: str) -> None:
    it = weighed.figures
    print(
        f"{weighed.name:10} {when:5} {it['bytes'] / 1000:7.0f} kB  {it['requests']:3} requests  {it['nodes']:5} nodes  "
        f"server {it['server']:4} ms  painted {it['painted']:4} ms  loaded {it['loaded']:4} ms  "
        f"{len(weighed.errors)} errors  heaviest, kB: {', '.join(it['heavy'])}",
        flush=True,
    )
    for error in weighed.errors:
        print(f"    {error}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
