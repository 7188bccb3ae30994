"""Workers that collect at one time begin with different files.

pytest rewrites the assertions of a test file when it is first imported, and keeps the result beside it. In a clean
checkout each worker would come to each file at the same time as the others, and rewrite them all.
"""

from pathlib import Path

import pytest
from _pytest.pathlib import import_path


def pytest_collection(session: pytest.Session) -> None:
    """Import all test files, this worker's part first. What cannot be imported is told when it is collected."""
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args != config.getini("testpaths"):
        return
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for file in (*files[first:], *files[:first]):
        try:
            import_path(file, mode=config.option.importmode, root=config.rootpath, consider_namespace_packages=False)
        except Exception:
            return
