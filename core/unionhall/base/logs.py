"""Logs: one JSON object a line on standard error, with the request id; line breaks in values are encoded."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import Processor


class Steady:
    """Standard error, but a line that cannot be written is lost and nothing else: a full disk must not fail a request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if that can be."""
        with suppress(OSError, ValueError):  # full, or closed
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, if that can be."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def init(level: str) -> None:
    """Set structlog up for the process; libraries' own loggers go the same way."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    steady = cast(TextIO, Steady(sys.stderr))
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(steady),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(steady)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers, root.level = [handler], threshold
    logging.getLogger("alembic").setLevel(logging.WARNING)
