"""The demo as a stage for a browser: started by whoever looks at it, ended with that."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tools.demo import PASSWORD
from tools.stack.services import CLONE

# Of whoever starts it, and full since the last time: a demo begins with empty ones of its own.
OTHERS = ("DATABASE_URL", "REDIS_URL")
SERVED = re.compile(r"^(Console|Exact's books): (http://[\w.:]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A demo that runs: the addresses of its console and of its simulated Exact, and the folders of its tills."""

    web: str
    exact: str
    tills: Path


@contextmanager
def running_demo() -> Iterator[Stage]:
    """The demo, once its console is served. Raises `RuntimeError` when it ends before."""
    own = {name: value for name, value in os.environ.items() if name not in OTHERS}
    command = [sys.executable, "-m", "tools.demo"]
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True, env=own) as demo:
        try:
            assert demo.stdout is not None
            served = {}
            for line in demo.stdout:
                print(line, end="", flush=True)
                if told := SERVED.match(line):
                    served[told[1]] = told[2]
                if len(served) == 2:
                    tills = CLONE / ".local" / "demo-run" / "tills"
                    yield Stage(web=served["Console"], exact=served["Exact's books"], tills=tills)
                    break
            else:
                raise RuntimeError("the demo ended before it served its console")
        finally:
            demo.terminate()


def log_in(page: Page, who: str, web: str) -> None:
    """Go in to the console at `web` as one of the demo's people."""
    page.goto(f"{web}/console/login/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/console/")
