"""Starts PostgreSQL and Valkey before Django reads its settings, and stops them after the last test.

Processes that share the tests share both: each has a test database of its own (pytest-django) and a Valkey database.
"""

import atexit
import os
from contextlib import ExitStack

from integration.stack.services import local_services

_running = ExitStack()
os.environ |= _running.enter_context(local_services("test", durable=False, fresh=True)).environment()
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{1 + int(worker.removeprefix('gw'))}"
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("EXACT_TIMEOUT_S", "5")
os.environ.setdefault("SUPPORT_SECOND_FACTOR", "false")
atexit.register(_running.close)
