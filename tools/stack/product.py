"""How the product's programs, and the simulated Exact, are started: the arguments of `python`."""

from pathlib import Path
from urllib.parse import urlsplit

# What every run of the product on this machine is told, whatever it measures.
LOCAL = {
    "CLYO_ENV": "local",
    "DJANGO_SETTINGS_MODULE": "integration.settings",
    "LOG_FORMAT": "console",
    "LOG_LEVEL": "WARNING",
}
# Calls go one after the other and nothing is slow: what does not answer was told not to.
IMPATIENT = LOCAL | {"LOG_LEVEL": "ERROR", "EXACT_TIMEOUT_S": "5"}

CELERY = ("-m", "celery", "-q", "-A", "integration.celery")
# The server's own lines are like ours.
SERVER_LOGS = ("--log-config", "integration/server_logs.json")
# Workers need not know of each other: they meet in the database. Gossip breaks when the broker comes back; a heartbeat
# that falls into its absence is sent again for ever, and the worker does not hear that it shall end.
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def web(url: str, *, threads: int, application: str = "integration.wsgi:application") -> list[str]:
    """The web tier, listening where `url` says."""
    address = ["--host", _host(url), "--port", _port(url), "--no-ws"]
    size = ["--workers", "1", "--blocking-threads", str(threads)]
    return ["-m", "granian", "--interface", "wsgi", *address, *size, *SERVER_LOGS, application]


def worker(name: str, *, threads: int) -> list[str]:
    """One worker process; every thread of it may run one lane."""
    return [*CELERY, "worker", "-P", "threads", "-c", str(threads), "-n", f"{name}@%h", *ALONE]


def beat(schedule: Path) -> list[str]:
    """The clock that asks for a sweep now and then; `schedule` is its own file."""
    return [*CELERY, "beat", "-s", str(schedule)]


def exact(url: str, data: Path, *options: str) -> list[str]:
    """The simulated Exact Online with its books in `data`."""
    return ["-m", "simulators.exact_online", "--host", _host(url), "--port", _port(url), "--data", str(data), *options]


def _host(url: str) -> str:
    return urlsplit(url).hostname or "127.0.0.1"


def _port(url: str) -> str:
    return str(urlsplit(url).port)
