"""The browser of the tests: Debian's Chromium without windows, or a Chromium or Chrome that is there already.

The one without windows has the same engine, and does a third of the work for each visitor and page.
"""

import shutil
from pathlib import Path

from tools.stack.debian import ProgramMissing, ensure, install_command

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium-headless-shell", "fonts-dejavu-core")
INSTALL = install_command(PACKAGES)
NEED = "The browser tests need Chromium"


def find_browser() -> Path:
    """The browser on this machine. Raises `ProgramMissing`."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise ProgramMissing(NEED, "none is installed", PACKAGES)


def ensure_browser() -> Path:
    """The browser on this machine; installed from Debian's packages when we are root. Raises `ProgramMissing`."""
    return ensure(find_browser, NEED, PACKAGES)
