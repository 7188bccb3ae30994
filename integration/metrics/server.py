"""The inner port at which Prometheus reads this process; the public one never answers it."""

import os
import socket
import sys
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any

import structlog
from django.conf import settings
from prometheus_client import REGISTRY, CollectorRegistry, MetricsHandler
from prometheus_client.core import InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from integration.metrics.web_processes import FOLDER

log = structlog.get_logger()

# How long a connection may stay silent before it is closed.
SILENCE_MAX_S = 10


class Build:
    """Which release this process is."""

    def collect(self) -> Iterator[Metric]:
        """Called by prometheus_client at each scrape: `clyo_build_info` with our version and Python's."""
        told = {"version": settings.VERSION, "python": sys.version.split()[0]}
        yield InfoMetricFamily("clyo_build", "The release, and its Python.", told)


class Server(ThreadingHTTPServer):
    """Answers each scrape in a thread of its own."""

    daemon_threads = True

    def __init__(self, host: str, port: int, registry: CollectorRegistry, *, shared: bool) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.allow_reuse_port = shared
        handler = type("Handler", (MetricsHandler.factory(registry),), {"timeout": SILENCE_MAX_S})
        super().__init__((host, port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that went away; the standard library would print it to stderr, past all logging."""
        log.info("scrape_broken_off", error=type(sys.exc_info()[1]).__name__)


def serve_metrics(*extra: object) -> Server | None:
    """Serve what this process counts, and `extra` collectors, at `METRICS_PORT`; without one, do nothing.

    The processes of one web server share the port and the folder of their counts: whoever is asked answers for all.
    A port that is taken stops nobody from working: Prometheus misses this process, and says so.
    """
    if settings.METRICS_PORT is None:
        return None
    shared = FOLDER in os.environ
    registry = CollectorRegistry() if shared else REGISTRY
    if shared:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    for collector in (Build(), *extra):
        registry.register(collector)  # type: ignore[arg-type] # whatever has `collect`
    try:
        server = Server(settings.METRICS_HOST, settings.METRICS_PORT, registry, shared=shared)
    except OSError as error:
        log.error("metrics_not_served", port=settings.METRICS_PORT, error=str(error))
        return None
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
