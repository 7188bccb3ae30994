"""Starts the demo, waits until it serves, takes every picture as WebP into `docs/fr/pictures`, ends the demo."""

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tools.demo import PASSWORD
from tools.pictures.shots import SHOTS, Shot, Stage
from tools.stack.browser import find_browser
from tools.stack.services import CLONE

FOLDER = CLONE / "docs" / "fr" / "pictures"
SERVED = re.compile(r"^Console: (http://[\w.:]+)/console/")
QUALITY = 80
LOOK_TIMEOUT_MS = 20_000


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _demo() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            picture = FOLDER / f"{shot.name}.webp"
            picture.write_bytes(_take(browser, shot, stage))
            print(f"  {picture.name}: {picture.stat().st_size // 1000} kB", flush=True)
        browser.close()
    for left_over in {*FOLDER.glob("*.webp")} - {FOLDER / f"{shot.name}.webp" for shot in SHOTS}:
        left_over.unlink()
    return 0


@contextmanager
def _demo() -> Iterator[Stage]:
    """The demo, until its console is served. Raises `RuntimeError` when it ends before."""
    with subprocess.Popen([sys.executable, "-m", "tools.demo"], cwd=CLONE, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout is not None
            for line in demo.stdout:
                print(line, end="", flush=True)
                if served := SERVED.match(line):
                    yield Stage(web=served[1], tills=CLONE / ".local" / "demo-run" / "tills")
                    break
            else:
                raise RuntimeError("the demo ended before it served its console")
        finally:
            demo.terminate()


def _take(browser: Browser, shot: Shot, stage: Stage) -> bytes:
    context = browser.new_context(viewport={"width": shot.wide, "height": 844}, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(LOOK_TIMEOUT_MS)
    if shot.who:
        _log_in(page, shot.who, stage)
    shot.go(page, stage)
    page.wait_for_load_state("networkidle")
    tall = min(shot.tall, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": shot.wide, "height": tall})
    taken = context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    context.close()
    return base64.b64decode(taken["data"])


def _log_in(page: Page, who: str, stage: Stage) -> None:
    page.goto(f"{stage.web}/console/login/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/console/")


if __name__ == "__main__":
    sys.exit(main())
