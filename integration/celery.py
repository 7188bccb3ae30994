"""The Celery app. The database is the truth, a message only a nudge: nothing here retries, delays or keeps results."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")

app = Celery("clyo_exact")
app.config_from_object(
    {
        "broker_url": settings.CELERY_BROKER_URL,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": 900,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 30,
        },
        "task_publish_retry": False,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        "worker_send_task_events": False,
        "timezone": settings.TIME_ZONE,
        "beat_schedule": {
            "sweep": {"task": "exports.sweep", "schedule": settings.SWEEP_EVERY_S},
            "monthly": {"task": "exports.monthly", "schedule": crontab(minute=20)},
            "reconcile": {"task": "exports.reconcile_due", "schedule": crontab(hour="1-5", minute="*/10")},
        },
    }
)
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery would replace the log handlers; with a receiver connected it leaves them alone."""
