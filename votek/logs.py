"""What goes to the log of a process: one line an event, plain or as JSON, and never what a person typed.

An exception is logged by its type and where it happened, without its message: that may quote a text, a label, or the
parameters of a statement. Of libraries only warnings and errors are taken, with the values left out of their messages.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Literal

__all__ = ["FACTS", "LogFormat", "note", "set_up_logs", "within"]

LogFormat = Literal["text", "json"]

FACTS = ("request", "route", "method", "status", "ms", "person", "project", "job", "kind", "attempt", "state", "worker")
"""All that a line may carry beside its time, level, logger and message."""

_OURS = ("votek", "ui")
_SERVERS = ("streamlit", "uvicorn", "websockets", "starlette", "asyncio")
_facts: ContextVar[dict[str, object] | None] = ContextVar("facts", default=None)


@contextmanager
def within(**facts: object) -> Iterator[None]:
    """Add these facts to every line that is logged inside.

    >>> with within(job="j1"):
    ...     note(project="p1")
    ...     sorted(known().items())
    [('job', 'j1'), ('project', 'p1')]
    """
    token = _facts.set({**known(), **facts})
    try:
        yield
    finally:
        _facts.reset(token)


def note(**facts: object) -> None:
    """Add facts to the rest of what is logged within the surrounding `within`, in threads it started as well."""
    current = _facts.get()
    if current is not None:
        current.update(facts)


def known() -> Mapping[str, object]:
    """The facts of this moment."""
    return dict(_facts.get() or {})


def set_up_logs(form: LogFormat = "text") -> None:
    """Send everything that is logged in this process to the standard error stream, in one form.

    Also takes over the loggers that the web server's libraries have set up by then, and exceptions that nobody caught.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form == "json" else _PlainLines())
    handler.addFilter(_worth_a_line)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in _SERVERS:
            logger.handlers = []
            logger.propagate = True
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("votek").critical("nobody caught this", exc_info=(kind, error, trace))


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS


def _worth_a_line(record: logging.LogRecord) -> bool:
    return _ours(record) or record.levelno >= logging.WARNING


def _message(record: logging.LogRecord) -> str:
    # A library's message is taken as it stands in its source: what it would fill in may be a path with its query,
    # a header, or a text.
    text = record.getMessage() if _ours(record) else str(record.msg)
    return " ".join(text.split())


def _places(error: BaseException | None) -> list[str]:
    """Where an exception came from, outermost call first, then what it was caused by; no message."""
    places: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)
        places.append(type(error).__name__)
        places += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return places


def _facts_of(record: logging.LogRecord) -> dict[str, object]:
    said = {**known(), **record.__dict__}
    return {name: said[name] for name in FACTS if said.get(name) is not None}


def _moment(record: logging.LogRecord) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{whole}.{int(record.msecs):03d}Z"


class _JsonLines(logging.Formatter):
    """One JSON object a line, as collectors of logs read them."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **_facts_of(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


class _PlainLines(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _facts_of(record).items())
        line = f"{_moment(record)} {record.levelname:<7} {record.name}: {_message(record)}"
        if facts:
            line += f"  [{facts}]"
        if record.exc_info and record.exc_info[1] is not None:
            line += "".join(f"\n    {place}" for place in _places(record.exc_info[1]))
        return line
