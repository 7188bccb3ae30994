"""The accessibility faults of a page in a browser: for screen readers, keyboards, enlarged text and telephones.

All rules of axe, and what axe does not check: WCAG 2.2's 2.4.1, 1.4.10 and 2.5.8, names of icons read aloud,
tables without a name. A line for each fault.
"""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Axe leaves its rule on targets out unless it is asked for.
EVERY_RULE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
SHOWN_NODES = 3
OWN_RULES = """() => {
  const found = [];
  const seen = element => element.checkVisibility({ visibilityProperty: true });
  const some = (rule, elements) => elements.length && found.push(
    `${rule} (${elements.length}): ` + elements.slice(0, 3).map(it => it.outerHTML.slice(0, 120)).join(" | "));
  const all = selector => [...document.querySelectorAll(selector)].filter(seen);
  const heads = all("h1");
  if (heads.length !== 1) found.push(`one-h1: ${heads.length}: ` + heads.map(it => it.innerText).join(" | "));
  some("icon-read-aloud", all(".material-symbols-outlined").filter(it => !it.closest("[aria-hidden=true]")));
  some("table-without-name", all("table:not([role=presentation])").filter(
    it => !it.caption && !it.hasAttribute("aria-label") && !it.hasAttribute("aria-labelledby")));
  some("th-without-scope", all("th:not([scope])"));
  const first = document.querySelector("body a[href], body button, body input:not([type=hidden])");
  const target = first?.getAttribute("href") || "";
  if (!target.startsWith("#") || !document.querySelector(target)) found.push("skip-link: none, or it leads nowhere");
  const reached = "a[href], button, input, summary, [tabindex], [aria-hidden=true]";
  some("no-keyboard", all("[x-on\\\\:click]").filter(it => !it.matches(reached)));
  return found;
}"""

# What is wider than its place. The map of the days is: it says so, and is scrolled.
CUT_OFF = """() => [...document.querySelectorAll(".console-card, .console-scroll, .result-frame")]
  .filter(it => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1)
  .map(it => `cut-off: ${it.scrollWidth - it.clientWidth} px of ${it.className.slice(0, 40)}: `
    + it.textContent.trim().replace(/\\s+/g, " ").slice(0, 60))"""


def faults_of(page: Page) -> list[str]:
    """Each fault of the page as it is shown now, by the name of its rule."""
    return [*layout_faults(page), *page.evaluate(OWN_RULES), *_ask_axe(page)]


def layout_faults(page: Page) -> list[str]:
    """What does not fit into the window: the page as a whole, and what is cut off in it."""
    wider = [f"scrolls-sideways: {by} px"] if (by := sideways(page)) else []
    return [*wider, *page.evaluate(CUT_OFF)]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    by: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(0, by)


def _ask_axe(page: Page) -> Iterator[str]:
    for violation in Axe().run(page, options=EVERY_RULE).response["violations"]:
        nodes: list[dict[str, Any]] = violation["nodes"]
        where = " | ".join(f"{node['html'][:140]} {_quote_reason(node)}" for node in nodes[:SHOWN_NODES])
        yield f"{violation['id']} ({violation['impact']}, {len(nodes)}): {where}"


def _quote_reason(node: dict[str, Any]) -> str:
    messages = [it["message"] for kind in ("any", "all", "none") for it in node[kind]]
    return f"[{messages[0][:120]}]" if messages else ""
