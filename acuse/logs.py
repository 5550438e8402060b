"""Logs: one event a line on standard error, with ids and without bodies."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from acuse.config import Log, LogFormat, LogLevel
from acuse.terminal import as_json, plain

_BARE = re.compile(r"[\w.:/@+<>-]+")


class _Threshold:
    """The weight from which on an event is logged. A processor, because it must also hold for loggers that are in use
    when it changes."""

    def __init__(self) -> None:
        self.level = logging.INFO

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if _WEIGHTS[event["level"].upper()] < self.level:
            raise structlog.DropEvent
        return event


_threshold = _Threshold()
_WEIGHTS = logging.getLevelNamesMapping()


def set_level(level: LogLevel) -> None:
    """Log events from this weight on, in all loggers that there are."""
    _threshold.level = _WEIGHTS[level.value.upper()]
    logging.getLogger().setLevel(_threshold.level)


def configure(settings: Log) -> None:
    """Send our own events and those of libraries through one chain of processors to standard error."""
    as_text = settings.format is LogFormat.TEXT or (settings.format is LogFormat.AUTO and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    line = _text_line if as_text else _json_line
    # Ours go straight out: the way through the standard library's logging costs a tenth of receiving a mail.
    structlog.configure(
        processors=[structlog.processors.add_log_level, _threshold, *shared, line],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.processors.add_log_level, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, line],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    set_level(settings.level)
    # These tell of every command, tick and migration step.
    for noisy in ("mail.log", "apscheduler", "asyncio", "alembic", "imapclient", "msal", "google", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _json_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:  # noqa: ANN401
    return as_json(dict(event))


def _text_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:  # noqa: ANN401
    """`time level event key=value ...`; a value with spaces or anything odd stands in JSON's quotes, so that a line
    stays one line whatever a peer wrote."""
    head = [str(event.pop(key, "")) for key in ("timestamp", "level", "event")]
    return " ".join([*map(plain, head), *(f"{key}={_value(value)}" for key, value in event.items())])


def _value(value: object) -> str:
    text = str(value)
    return text if not isinstance(value, list | tuple | dict) and _BARE.fullmatch(text) else as_json(value)
