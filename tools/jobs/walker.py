"""Who walks a job: a browser's page that counts what is pressed and typed, and adds up the seconds it waits."""

import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tools.demo.running import Stage


@dataclass(slots=True, kw_only=True)
class Walker:
    """Somebody at `page`. `seconds` are those between a press and what it leads to, none of reading or typing."""

    page: Page
    stage: Stage
    presses: int = 0
    fields: int = 0
    seconds: float = 0.0

    def press(self, what: str, *, until: str = "", within: str = "#content") -> None:
        """Press the first link or button of that name, and wait for the page it leads to, or until a text stands there.

        Raises Playwright's `TimeoutError` where there is no such thing.
        """
        of_that_name = self.page.locator(within).locator("a, button, [type=submit]").filter(has_text=what)
        self.press_on(of_that_name.first, until=until)

    def press_on(self, it: Locator, *, until: str = "") -> None:
        """Press that."""
        it.wait_for()
        begun = time.monotonic()
        it.click()
        self.page.wait_for_load_state("load")
        if until:
            self.page.get_by_text(until).first.wait_for()
        self.seconds += time.monotonic() - begun
        self.presses += 1

    def write(self, field: str, text: str) -> None:
        """Fill in the field of that name."""
        self.page.locator(f"[name='{field}']").first.fill(text)
        self.fields += 1
