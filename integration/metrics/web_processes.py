"""Counting together in the processes of one web server, in files of one folder. Call it before anything is counted."""

import os

from integration import heartbeat

# prometheus-client's own: read once, when it is imported.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def count_together() -> None:
    """Have this process and its siblings count in one folder, by the process that started them all."""
    if os.environ.get("METRICS_PORT") and FOLDER not in os.environ:
        path = heartbeat.folder() / f"metrics-{os.getppid()}"
        path.mkdir(mode=0o700, exist_ok=True)
        os.environ[FOLDER] = str(path)
