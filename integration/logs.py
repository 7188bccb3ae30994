"""One log line an event, JSON in production, to standard output; a command's own output is what stands there instead.

httpx stays quiet: its lines hold query strings with books in them.

An exception's message may hold a customer's row or document: a production log says of it which kind it was, and where.
"""

import logging.config
import os
import sys
import traceback
from pathlib import Path

import structlog
from structlog.typing import ExcInfo

CAUSES = 5
# Celery's lines about each task are left out: the lanes log what they do.
QUIET_OF_CELERY = ("celery.utils.functional", "celery.worker.strategy", "celery.app.trace")


# What each line of ours, of a library and of the server begins with.
SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter(style: str | None = None) -> logging.Formatter:
    """What makes a line of an event, `json` or `console`; without a word, as LOG_FORMAT says.

    The web server's own programs name this function in `integration/server_logs.json`: they have no settings.
    """
    json = (style or os.environ.get("LOG_FORMAT") or "json") == "json"
    told = structlog.processors.ExceptionRenderer(kind_and_place) if json else structlog.processors.format_exc_info
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, told, renderer],
    )


def is_command() -> bool:
    """Whether this process is a command whose output somebody reads, or passes on."""
    return Path(sys.argv[0]).name == "manage.py"


def logging_config(*, level: str, style: str) -> None:
    """Send the standard library's and structlog's events, and Python's warnings, through one formatter."""
    stream = f"ext://sys.{'stderr' if is_command() else 'stdout'}"
    logging.captureWarnings(True)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"event": {"()": formatter, "style": style}},
            "filters": {"path_told": {"()": "integration.access.PathTold"}},
            "handlers": {"events": {"class": "logging.StreamHandler", "formatter": "event", "stream": stream}},
            "root": {"handlers": ["events"], "level": level},
            "loggers": {
                **{name: {"level": "WARNING"} for name in ("httpx", "httpcore", *QUIET_OF_CELERY)},
                "django.request": {"filters": ["path_told"]},
            },
        }
    )
    structlog.configure(
        # An event below the level is dropped before anything is made of it.
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def kind_and_place(exc_info: ExcInfo) -> str:
    """An exception and what caused it, outermost first: each by its class and the calls it came through."""
    told: list[str] = []
    exception: BaseException | None = exc_info[1]
    while exception is not None and len(told) < CAUSES:
        calls = traceback.extract_tb(exception.__traceback__)
        places = [f"  {call.filename}:{call.lineno} {call.name}" for call in calls]
        told.append("\n".join([f"{type(exception).__module__}.{type(exception).__qualname__}", *places]))
        exception = exception.__cause__ or exception.__context__
    return "\n".join(told)
