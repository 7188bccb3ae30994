"""The Celery app. The database is the truth, a message only a nudge: nothing here retries, delays or keeps results."""

import gc
import os
import sys
from importlib import import_module
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import (
    beat_init,
    celeryd_after_setup,
    celeryd_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from django.conf import settings
from django.db import close_old_connections, connection, connections

from exact.lane import ending
from integration import pulse, task_lines
from integration.metrics import tasks as task_metrics
from integration.metrics.beats import Beats
from integration.metrics.server import serve_metrics

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
# A worker would run Django's checks at its start and ignore their results: half a second.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("clyo_exact")
app.config_from_object(
    {
        "broker_url": settings.CELERY_BROKER_URL,
        "broker_transport": "integration.broker.Transport",
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 30,
        },
        "timezone": settings.TIME_ZONE,
        "task_publish_retry": False,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        "worker_send_task_events": False,
        "beat_schedule": {
            "sweep": {"task": "exports.sweep", "schedule": settings.SWEEP_EVERY_S},
            "exports": {"task": "on_demand.sweep", "schedule": settings.SWEEP_EVERY_S},
            "letters": {"task": "concerns.letters", "schedule": 60.0},
            "monthly": {"task": "on_demand.monthly", "schedule": crontab(minute=20)},
            "reconcile": {"task": "exports.reconcile_due", "schedule": crontab(hour="1-5", minute="*/10")},
            "exact": {"task": "exact.sweep", "schedule": settings.SWEEP_EVERY_S},
            "keep-alive": {"task": "exact.keep_alive", "schedule": crontab(minute="40")},
            # At night in France, when no shop closes; a company that was missed is due again an hour later.
            "prune": {"task": "retention.prune", "schedule": crontab(hour="4", minute="40")},
            "nightly": {"task": "exact.nightly", "schedule": crontab(hour="3-5", minute="10")},
        },
    }
)
app.autodiscover_tasks()
celeryd_after_setup.connect(pulse.prepare)
celeryd_after_setup.connect(task_metrics.prepare)
task_prerun.connect(task_metrics.begin)
task_prerun.connect(task_lines.begin)
task_postrun.connect(task_metrics.end)
task_postrun.connect(task_lines.end)
worker_ready.connect(pulse.begin)
worker_shutdown.connect(pulse.end)
beat_init.connect(pulse.note_sends)


# Celery would close the database connection around every task; a new one costs more than the task (SCRAM, a session).
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize


@celeryd_after_setup.connect
def _serve_metrics_of_worker(**_: Any) -> None:
    serve_metrics(Beats("worker", pulse.found_well))


@beat_init.connect
def _serve_metrics_of_beat(**_: Any) -> None:
    """Serve beat's metrics with the figures from the database: there is one beat. Models can be imported now."""
    figures = import_module("integration.metrics.figures").Figures()
    serve_metrics(Beats("beat", pulse.found_well), figures)


@celeryd_init.connect
def _share_connections(**_: Any) -> None:
    """The threads of a worker share a few database connections: a lane needs one for milliseconds between its calls
    to Exact, which take far longer. So a process may have hundreds of lanes. Runs before the first connection."""
    database = connections.settings["default"]
    database |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    # After so many seconds the pool gives up, and the next thread that asks begins anew: left to itself it would wait
    # longer after each failed try, and come back half a minute after the database.
    again = {"reconnect_timeout": 4.0}
    database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": settings.WORKER_CONNECTIONS, **again}


@task_prerun.connect
@task_postrun.connect
def _drop_broken_connections(sender: Any, **_: Any) -> None:
    """Close connections that broke or are old, and check the others before use, as Django does around a request. If
    one of a pool broke all others are checked, as a restarted database ended them all."""
    if sender.request.is_eager:
        return
    broke, pool = connection.errors_occurred, getattr(connection, "pool", None)
    close_old_connections()
    if broke and pool is not None:
        pool.check()


@worker_ready.connect
def _leave_the_code_alone(**_: Any) -> None:
    """Freeze all objects loaded at the start, so that the garbage collector does not walk them: that was 11 to 17 % of
    the CPU of a file of 5,000 closings, in three runs with and three without."""
    gc.collect()
    gc.freeze()


@worker_shutting_down.connect
def _let_lanes_leave(**_: Any) -> None:
    """Ask the lanes to end when the worker is asked to: its time is enough for one call to Exact, not for a lane."""
    ending.ask()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery would replace the log handlers; with a receiver connected it leaves them alone."""
