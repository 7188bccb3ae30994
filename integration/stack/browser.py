"""The browser of the tests: Debian's Chromium, or a Chromium or Chrome that is there already."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")
INSTALL = f"apt-get update && apt-get install --yes --no-install-recommends {' '.join(PACKAGES)}"
INSTALL_TIMEOUT_S = 900


class BrowserMissing(RuntimeError):
    """There is no browser; the message names the one command that installs it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The browser tests need Chromium, and {why}. Run this as root, then try again:\n  {INSTALL}")


def find_browser() -> Path:
    """The browser on this machine. Raises `BrowserMissing`."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise BrowserMissing("none is installed")


def ensure_browser() -> Path:
    """The browser on this machine; installed from Debian's packages when we are root. Raises `BrowserMissing`."""
    try:
        return find_browser()
    except BrowserMissing:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise
    print("Installing Chromium for the browser tests …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            ["sh", "-c", INSTALL],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=INSTALL_TIMEOUT_S,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        raise BrowserMissing("its installation failed") from failure
    return find_browser()
