"""One log line an event, JSON in production. httpx stays quiet: its lines hold query strings with books in them.

An exception's message may hold a customer's row or document: a production log says of it which kind it was, and where.
"""

import logging.config
import traceback

import structlog
from structlog.typing import ExcInfo

CAUSES = 5
# Celery's lines about each task are left out: the lanes log what they do.
QUIET_OF_CELERY = ("celery.utils.functional", "celery.worker.strategy", "celery.app.trace")


def logging_config(*, level: str, style: str) -> None:
    """Send the standard library's and structlog's events through one formatter to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    json = style == "json"
    told = structlog.processors.ExceptionRenderer(kind_and_place) if json else structlog.processors.format_exc_info
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "event": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        told,
                        renderer,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", *QUIET_OF_CELERY)},
        }
    )
    structlog.configure(
        # An event below the level is dropped before anything is made of it.
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
