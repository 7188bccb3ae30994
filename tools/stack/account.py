"""Under which account, and from where, the local services run.

PostgreSQL refuses to run as root. When we are root we start it as `nobody`, which must be able to reach the
binaries and the data: when the clone lies where nobody cannot go (under `/root`), both live in a folder of ours
below `/var/tmp` instead. No permission outside our own folders is changed.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CannotRun(RuntimeError):
    """The account can run neither a program nor its copy; the message says which."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who runs the services: ourselves, or `nobody` when we are root."""

    uid: int
    gid: int
    switches: bool

    @classmethod
    def of_this_process(cls) -> "ServiceAccount":
        """`nobody` when we are root, as PostgreSQL refuses to run as root; else ourselves."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switches=False)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid, switches=True)

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that start the program under this account."""
        if not self.switches:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give one folder or file of ours to the account."""
        if self.switches:
            os.chown(path, self.uid, self.gid)

    def can_run(self, program: Path) -> bool:
        """Whether the program starts at all under this account: not from a folder it may not enter."""
        try:
            probe = subprocess.run(
                [program, "--version"], capture_output=True, timeout=20, cwd="/", **self.popen_options()
            )
        except OSError:
            return False
        return probe.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may pass through a folder, all those above it included."""
        try:
            probe = subprocess.run(["test", "-x", folder], timeout=20, cwd="/", **self.popen_options())
        except OSError:
            return False
        return probe.returncode == 0


def services_home(clone: Path, name: str, account: ServiceAccount) -> Path:
    """The folder that holds one stack's data: `.local/<name>` of the clone, or one below /var/tmp."""
    home = clone / ".local" / name
    home.mkdir(parents=True, exist_ok=True)
    if account.can_enter(home):
        return home
    digest = hashlib.sha256(str(clone).encode()).hexdigest()[:12]
    outside = Path("/var/tmp") / f"clyo-exact-{digest}" / name  # noqa: S108 - ours by its digest, mode 0711
    outside.mkdir(parents=True, exist_ok=True)
    if outside.parent.owner() != pwd.getpwuid(os.geteuid()).pw_name:
        raise PermissionError(f"{outside.parent} belongs to somebody else; remove it and start again")
    outside.parent.chmod(0o711)
    outside.chmod(0o711)
    return outside


def runnable(program: Path, wheel: Path, home: Path, account: ServiceAccount) -> Path:
    """`program` itself when the account can run it, else its copy: the wheel is copied below `home` once.

    `program` lies somewhere below `wheel`, the package's folder in site-packages; the libraries that the wheel brings
    lie beside it and are found from there, so they come along. Raises `CannotRun`.
    """
    if account.can_run(program):
        return program
    programs = home / "programs"
    programs.mkdir(exist_ok=True)
    programs.chmod(0o755)
    copy = programs / program.relative_to(wheel.parent)
    parts = [part for part in (wheel, wheel.with_name(f"{wheel.name}.libs")) if part.is_dir()]
    made_of = programs / f"{wheel.name}.made-of"
    stamp = "\n".join(f"{part} {part.stat().st_mtime_ns}" for part in parts)
    # Not current: of another version, broken off, or swept up in part by who tidies /var/tmp.
    if not (made_of.exists() and made_of.read_text() == stamp and account.can_run(copy)):
        made_of.unlink(missing_ok=True)
        for part in parts:
            _copy_for_all(part, programs / part.name)
        made_of.write_text(stamp)
    if not account.can_run(copy):
        raise CannotRun(f"{copy} cannot be run by {pwd.getpwuid(account.uid).pw_name}; is {home} mounted noexec?")
    return copy


def _copy_for_all(tree: Path, copy: Path) -> None:
    """Copy a folder so that everybody may read and run what its owner may."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(tree, copy, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
