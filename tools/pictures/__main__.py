"""Starts the demo, waits until it serves, takes every picture as WebP into `docs/fr/pictures`, ends the demo."""

import base64
import sys

from playwright.sync_api import Browser, sync_playwright

from tools.demo.running import Stage, log_in, running_demo
from tools.pictures.shots import SHOTS, Shot
from tools.stack.browser import find_browser
from tools.stack.services import CLONE

FOLDER = CLONE / "docs" / "fr" / "pictures"
QUALITY = 80
LOOK_TIMEOUT_MS = 20_000
# The browser that takes the pictures has no French for its fields of days; a reader's has.
DAYS_IN_FRENCH = """() => document.querySelectorAll("input[type=date]").forEach(field => {
  const [year, month, day] = field.value.split("-");
  const said = day ? `${day}/${month}/${year}` : "jj/mm/aaaa";
  field.style.width = `${field.offsetWidth}px`;
  field.type = "text";
  field.value = said;
})"""


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_demo() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            picture = FOLDER / f"{shot.name}.webp"
            picture.write_bytes(_take(browser, shot, stage))
            print(f"  {picture.name}: {picture.stat().st_size // 1000} kB", flush=True)
        browser.close()
    for left_over in {*FOLDER.glob("*.webp")} - {FOLDER / f"{shot.name}.webp" for shot in SHOTS}:
        left_over.unlink()
    return 0


def _take(browser: Browser, shot: Shot, stage: Stage) -> bytes:
    context = browser.new_context(viewport={"width": shot.wide, "height": 844}, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(LOOK_TIMEOUT_MS)
    if shot.who:
        log_in(page, shot.who, stage.web)
    shot.go(page, stage)
    page.wait_for_load_state("networkidle")
    page.evaluate(DAYS_IN_FRENCH)
    tall = min(shot.tall, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": shot.wide, "height": tall})
    taken = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    context.close()
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    sys.exit(main())
