"""Releases as git knows them: a tag `v1.2.3` each."""

import subprocess
from pathlib import Path

from integration.contraction import Version, version_of

GIT_TIMEOUT_S = 60


class GitFailed(Exception):
    """git refused, in its words."""


def git(clone: Path, *arguments: str) -> str:
    """What git prints. Raises `GitFailed`."""
    ran = subprocess.run(
        ["git", *arguments], cwd=clone, capture_output=True, text=True, timeout=GIT_TIMEOUT_S, stdin=subprocess.DEVNULL
    )
    if ran.returncode:
        raise GitFailed(f"git {arguments[0]}: {ran.stderr.strip()}")
    return ran.stdout


def releases(clone: Path) -> list[str]:
    """The versions that were released before the commit at hand, oldest first."""
    found: list[tuple[Version, str]] = []
    for tag in git(clone, "tag", "--merged", "HEAD", "--list", "v*").split():
        try:
            found.append((version_of(tag[1:]), tag[1:]))
        except ValueError:
            continue  # a tag of somebody's own
    return [text for _version, text in sorted(found)]


def migrations_of(clone: Path, release: str) -> dict[str, str]:
    """The migration files of a release by their paths, with the id that git gives their content."""
    listed = git(clone, "ls-tree", "-r", f"v{release}").splitlines()
    rows = (line.split("\t") for line in listed)
    return {path: about.split()[2] for about, path in rows if is_migration(path)}


def is_migration(path: str) -> bool:
    """Whether it is the file of a migration, by its path below the clone."""
    return Path(path).match("*/migrations/*.py") and not path.endswith("/__init__.py")
