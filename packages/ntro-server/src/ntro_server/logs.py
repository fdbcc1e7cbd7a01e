"""Structured logs: one JSON object a line, aware UTC times, secrets masked by name."""

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import Any

import structlog

_SECRET_WORDS = (
    "password",
    "secret",
    "token",
    "authorization",
    "api_key",
    "apikey",
    "cookie",
    "database_url",
)


class _Lines:
    """Writes what is already a line to standard error; the standard library's loggers cost as much as a request."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")

    debug = info = warning = error = exception = critical = msg


def configure_logging(service: str, level: str = "INFO") -> None:
    """Sends structlog and the standard library's records to standard error as JSON lines tagged with `service`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_secrets,
    ]
    rendered = structlog.processors.JSONRenderer(sort_keys=True)
    structlog.configure(
        processors=[*shared, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.contextvars.bind_contextvars(service=service)


def log_request(logger: str, *, method: str, route: str | None, status: int, milliseconds: float) -> None:
    """Writes what `info("request", ...)` of a logger of that name would write, in a third of its time.

    There is such a line for every answer, and the general way costs a fifth of the cheapest ones.
    """
    if not logging.getLogger().isEnabledFor(logging.INFO):
        return
    context = structlog.contextvars.get_contextvars()
    sys.stderr.write(
        f'{{"event": "request", "level": "info", "logger": {_text(logger)}, "method": {_text(method)}, '
        f'"milliseconds": {milliseconds}, "request_id": {_text(context.get("request_id"))}, "route": {_text(route)}, '
        f'"service": {_text(context.get("service"))}, "status": {status:d}, '
        f'"timestamp": "{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"}}\n'
    )


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring_ascii(value)


def mask_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces the value of every key whose name speaks of a secret."""
    for key in event:
        if _speaks_of_a_secret(key):
            event[key] = "***"
    return event


@cache
def _speaks_of_a_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET_WORDS)
