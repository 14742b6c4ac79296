"""The log of the service: one JSON object a line on standard error, and no secret in any of them."""

from __future__ import annotations

import logging
import logging.config
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_NAMES = re.compile("authorization|cookie|csrf|passw|secret|token|digest|write_?key", re.IGNORECASE)
_SECRETS = re.compile(r"\b(?:w[ktslf]|csrf)_[A-Za-z0-9]{40}|\b[Bb](?:earer|asic) +[^\s,\"']+|//[^/\s:@]*:[^/\s@]+@")
"""Our own secrets, headers that carry one, and passwords in addresses."""


def configure(level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Have everything that is logged, also by libraries, written as JSON."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            hidden,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("apscheduler", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")


def hidden(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The same line without its secrets, by the names of its parts and by what secrets look like."""
    return {name: HIDDEN if _NAMES.search(name) and event[name] else _clean(event[name]) for name in event}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRETS.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {name: HIDDEN if _NAMES.search(str(name)) else _clean(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part) for part in value]
    return value
