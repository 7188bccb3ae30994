"""Programs that come from Debian's packages: found, or installed when we are root."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

INSTALL_TIMEOUT_S = 900


class ProgramMissing(RuntimeError):
    """A program is not there; the message names the one command that installs it."""

    def __init__(self, need: str, why: str, packages: Sequence[str]) -> None:
        super().__init__(f"{need}, and {why}. Run this as root, then try again:\n  {install_command(packages)}")


def install_command(packages: Sequence[str]) -> str:
    """What installs these packages."""
    return f"apt-get update && apt-get install --yes --no-install-recommends {' '.join(packages)}"


def ensure(find: Callable[[], Path], need: str, packages: Sequence[str]) -> Path:
    """What `find` finds; installed first when it raises `ProgramMissing` and we are root. Raises `ProgramMissing`."""
    try:
        return find()
    except ProgramMissing:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise
    print(f"Installing {', '.join(packages)} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            ["sh", "-c", install_command(packages)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=INSTALL_TIMEOUT_S,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        raise ProgramMissing(need, "its installation failed", packages) from failure
    return find()
