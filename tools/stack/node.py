"""Node.js, which runs the linters of the till API's document: Debian's, or one that is there already."""

import shutil
import subprocess
from pathlib import Path

from tools.stack.debian import ProgramMissing, ensure

PACKAGES = ("nodejs", "npm")
OLDEST = (20, 19)
NEED = f"The linters of the till API need Node.js {OLDEST[0]}.{OLDEST[1]} or newer, with npm"


def find_npm() -> Path:
    """Node's package manager on this machine. Raises `ProgramMissing`."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise ProgramMissing(NEED, "it is not installed", PACKAGES)
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    if tuple(int(part) for part in told.removeprefix("v").split(".")[:2]) < OLDEST:
        raise ProgramMissing(NEED, f"{told} is installed", PACKAGES)
    return Path(npm)


def ensure_npm() -> Path:
    """Node's package manager; installed from Debian's packages when we are root. Raises `ProgramMissing`."""
    return ensure(find_npm, NEED, PACKAGES)
