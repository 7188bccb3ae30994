"""Starts PostgreSQL and Valkey before Django reads its settings, and stops them after the last test.

Processes that share the tests share both: each has a test database of its own (pytest-django) and a Valkey database.
A run of the unit tier (`-m unit`, tests/tier.py) needs neither: it gets addresses at which nobody answers.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tools.stack.services import LocalServices, local_services

# Port 9 is the discard service's; nothing listens there.
NOWHERE = LocalServices(database_url="postgresql://nobody@127.0.0.1:9/nowhere", redis_url="redis://127.0.0.1:9/0")


# pytest-django reads the settings in the same hook; what wraps it goes first.
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    unit_tier = early_config.known_args_namespace.markexpr == "unit"
    os.environ |= NOWHERE.environment() if unit_tier else _start_services().environment()
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{1 + int(worker.removeprefix('gw'))}"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ.setdefault("EXACT_TIMEOUT_S", "5")
    os.environ.setdefault("SUPPORT_SECOND_FACTOR", "false")
    os.environ.setdefault("OPENPYXL_LXML", "False")  # as in production, where lxml is not installed
    return (yield)


def _start_services() -> LocalServices:
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(local_services("test", durable=False, fresh=True))
