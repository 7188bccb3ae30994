"""Walks the jobs one after the other at a demo of its own, and prints a line for each; fails if one cannot be done."""

import sys

from playwright.sync_api import Browser, Error, sync_playwright

from tools.demo.running import Stage, log_in, running_demo
from tools.jobs.morning import JOBS, Job
from tools.jobs.walker import Walker
from tools.stack.browser import find_browser

LOOK_TIMEOUT_MS = 30_000


def main() -> int:
    with running_demo() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        done = [_walk(browser, job, stage) for job in JOBS]
        browser.close()
    print(f"jobs: {sum(done)} of {len(done)} done")
    return 0 if all(done) else 1


def _walk(browser: Browser, job: Job, stage: Stage) -> bool:
    """Walk one job, log-in not counted, and say what it took; whether it could be done."""
    context = browser.new_context(viewport={"width": job.wide, "height": 900}, locale="fr-FR")
    walker = Walker(page=context.new_page(), stage=stage)
    walker.page.set_default_timeout(LOOK_TIMEOUT_MS)
    try:
        if job.who:
            log_in(walker.page, job.who, stage.web)
        job.walk(walker)
    except Error as stuck:
        print(f"  {job.name}: stuck at {walker.page.url}\n{stuck}", flush=True)
        return False
    finally:
        context.close()
    print(
        f"  {job.name:58} {walker.presses:2} presses  {walker.fields} fields  {walker.seconds:5.1f} s",
        flush=True,
    )
    return True


if __name__ == "__main__":
    sys.exit(main())
