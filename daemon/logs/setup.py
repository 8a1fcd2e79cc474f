"""Puts structlog behind the standard library's loggers, so that modules know nothing of it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from actors.log_context import current
from daemon.logs.file import LogFile
from daemon.logs.redaction import Redactor
from daemon.logs.visible import visible
from daemon.settings import LogLevel

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter
    from structlog.typing import Processor

OURS = ("actors", "daemon", "desktop", "storage")
"""The level holds for these. What others would say at DEBUG are whole requests, with what people wrote and with keys."""

OF_OTHERS: Mapping[str, int] = {"pykka": logging.ERROR, "asyncio": logging.ERROR}

Event = MutableMapping[str, Any]

logger = logging.getLogger(__name__)


class Logs:
    """The handlers of the log.

    Args:
        environment: its secrets are kept out of the log.
        stream: where people look.
    """

    def __init__(self, environment: Mapping[str, str], stream: TextIO | None = None) -> None:
        self.redactor = Redactor(environment)
        self._stream = stream
        self._console: logging.Handler | None = None
        self._file: LogFile | None = None

    def start(self) -> None:
        """Writes for people, to standard error where no stream was given."""
        stream = self._stream or sys.stderr
        self._console = logging.StreamHandler(stream)
        self._console.setFormatter(_for_people(self.redactor, has_colors=stream.isatty()))
        root = logging.getLogger()
        root.addHandler(self._console)
        root.setLevel(logging.WARNING)
        for name, level in OF_OTHERS.items():
            logging.getLogger(name).setLevel(level)
        self.set_level("info")

    def open_file(self, folder: Path, *, instead: bool) -> None:
        """Writes to a file in this folder too; the process must hold the data folder's lock.

        Args:
            folder: it is created if it is not there.
            instead: write no longer for people, where nobody looks and nothing bounds what is written.
        """
        try:
            self._file = LogFile(folder)
        except OSError as error:
            logger.warning("there is no log file: %s", error)
            return
        self._file.setFormatter(_for_programs(self.redactor))
        root = logging.getLogger()
        root.addHandler(self._file)
        if instead and self._console is not None:
            root.removeHandler(self._console)
            self._console = None

    def set_level(self, level: LogLevel) -> None:
        """Tells this and what is graver, from now on."""
        for name in OURS:
            logging.getLogger(name).setLevel(level.upper())

    def reopen(self) -> None:
        """Goes on in a new file, if somebody has moved the old one."""
        if self._file is not None:
            try:
                self._file.reopen()
            except OSError as error:
                logger.warning("the log file cannot be opened again: %s", error)

    def close(self) -> None:
        """Takes the handlers off again."""
        for handler in (self._console, self._file):
            if handler is not None:
                logging.getLogger().removeHandler(handler)
                handler.close()
        self._console = self._file = None


def _for_programs(redactor: Redactor) -> ProcessorFormatter:
    """A line of JSON."""
    _load()
    from structlog.processors import JSONRenderer, TimeStamper  # noqa: PLC0415

    return _formatter(
        TimeStamper(fmt="iso", utc=True, key="time"), redactor, JSONRenderer(serializer=_to_json)
    )


def _for_people(redactor: Redactor, *, has_colors: bool) -> ProcessorFormatter:
    _load()
    from structlog.dev import ConsoleRenderer, plain_traceback  # noqa: PLC0415
    from structlog.processors import TimeStamper  # noqa: PLC0415

    renderer = ConsoleRenderer(
        colors=has_colors,
        exception_formatter=plain_traceback,  # others print the values of variables
        event_key="message",
        timestamp_key="time",
        pad_event_to=0,
    )
    return _formatter(TimeStamper(fmt="%H:%M:%S", utc=False, key="time"), redactor, _escape, renderer)


def _formatter(time: Processor, redactor: Redactor, *render: Processor) -> ProcessorFormatter:
    from structlog.processors import EventRenamer, StackInfoRenderer, format_exc_info  # noqa: PLC0415
    from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name  # noqa: PLC0415

    def clean(_logger: Any, _name: str, event: Event) -> Event:
        return {
            key: redactor.clean(value) if isinstance(value, str) else value for key, value in event.items()
        }

    return ProcessorFormatter(
        processors=(
            time,
            add_log_level,
            add_logger_name,
            ProcessorFormatter.remove_processors_meta,
            EventRenamer("message"),
            _add_context,
            StackInfoRenderer(),
            format_exc_info,
            clean,
            *render,
        )
    )


def _add_context(_logger: Any, _name: str, event: Event) -> Event:
    context = current()
    ids = {
        "requestId": context.request_id,
        "conversationId": context.conversation_id,
        "turnId": context.turn_id,
    }
    event.update((name, value) for name, value in ids.items() if value is not None)
    return event


def _escape(_logger: Any, _name: str, event: Event) -> Event:
    return {key: visible(value) if isinstance(value, str) else value for key, value in event.items()}


def _to_json(event: Event, **_options: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def _load() -> None:
    """Imports structlog without what it takes where it is there: rich, for coloured tracebacks (100 ms, 4 MB), and greenlet."""
    # An import of what is None fails.
    hidden: dict[str, Any] = {name: None for name in ("rich", "greenlet") if name not in sys.modules}
    sys.modules.update(hidden)
    try:
        import structlog.stdlib  # noqa: F401, PLC0415
    finally:
        for name in hidden:
            del sys.modules[name]
