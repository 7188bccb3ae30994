"""`make upgrade-test`: the code of the last release does its work on the schema that today's migrations make.

That is what happens while a release is rolled out, and after a way back. The former code's own tests of its main flow
(from the till's push to the entry in the simulated Exact's books, and the lane's) run in a worktree of its tag, with
the packages it was released with, on a database that today's code has migrated. FORMER=commit takes another than the
last release. Without a release there is nothing to try, and that is said.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tools.release.tags import GitFailed, git, releases
from tools.stack.services import CLONE, local_services

MAIN_FLOW = (
    "tests/exports/test_main_job.py",
    "tests/clyo_ingest/test_closings_push.py",
    "tests/exact/lane/test_lane.py",
)
STEP_TIMEOUT_S = 1200


def main() -> int:
    """Run the former code's main flow. Returns 1 when it fails, 0 when it passes or when nothing was released yet."""
    released = releases(CLONE)
    former = os.environ.get("FORMER") or (f"v{released[-1]}" if released else "")
    if not former:
        print("upgrade-test: skipped. Nothing was released yet; FORMER=commit tries the code of a commit")
        return 0
    try:
        with worktree(former) as there, local_services("upgrade", fresh=True, durable=False) as services:
            print(f"upgrade-test: {former} on the schema of {git(CLONE, 'describe', '--always', '--dirty').strip()}")
            return run_on_todays_schema(there, os.environ | services.environment())
    except GitFailed as failure:
        print(f"upgrade-test: {failure}", file=sys.stderr)
        return 1


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """The files of a commit, with what it needs installed, for as long as the block lasts."""
    there = CLONE / ".local" / "former"
    there.parent.mkdir(exist_ok=True)
    if there.exists():
        git(CLONE, "worktree", "remove", "--force", str(there))
    git(CLONE, "worktree", "add", "--detach", str(there), commit)
    try:
        subprocess.run(["make", ".venv/.installed"], cwd=there, check=True, timeout=STEP_TIMEOUT_S)
        yield there
    finally:
        git(CLONE, "worktree", "remove", "--force", str(there))


def run_on_todays_schema(former: Path, environment: dict[str, str]) -> int:
    """Migrate the database that the former code's tests will use, as its own migrations find it: complete, and more."""
    at = urlsplit(environment["DATABASE_URL"])
    tests = f"test_{at.path.removeprefix('/')}"
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as session:
        session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(tests)))
    of_tests = environment | {"DATABASE_URL": urlunsplit(at._replace(path=f"/{tests}"))}
    _run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], CLONE, of_tests)
    python = former / ".venv" / "bin" / "python"
    _run([python, "-m", "tools.translations", "compile"], former, environment)
    tried = [it for it in MAIN_FLOW if (former / it).exists()]
    return _run([python, "-m", "pytest", "--reuse-db", "-q", *tried], former, environment, check=False)


def _run(command: list[str | Path], folder: Path, environment: dict[str, str], *, check: bool = True) -> int:
    ran = subprocess.run(command, cwd=folder, env=environment, check=check, timeout=STEP_TIMEOUT_S)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
