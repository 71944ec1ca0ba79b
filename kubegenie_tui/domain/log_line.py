"""Log lines as a person reads them: the level, the time, and JSON with its message first."""

import re
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import msgspec

from kubegenie_tui.domain.text import plain

SCANNED = 200
"""Characters at the start of a line that are searched for a level."""


class Level(IntEnum):
    """How serious a line is; the order is from unknown to worst."""

    NONE = 0
    TRACE = 1
    DEBUG = 2
    INFO = 3
    WARN = 4
    ERROR = 5
    FATAL = 6

    @property
    def letter(self) -> str:
        """One letter for the gutter; a blank when the level is not known."""
        return " TDIWEF"[self]


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """One line of a container's log."""

    text: str
    """Safe to show; a JSON line is its message, then `key=value` fields."""
    level: Level = Level.NONE
    stamp: int = 0
    """When the container wrote it: nanoseconds since the epoch, 0 when unknown."""
    fields_at: int = -1
    """Where in `text` the fields of a JSON line begin; -1 for none."""
    source: str = ""
    """A JSON line as it was written, made safe; empty when `text` is that."""
    origin: int = 0
    """The number of the source it came from."""


def parse_line(raw: str, *, stamped: bool = True, origin: int = 0) -> LogLine:
    """One line as the API sent it.

    Args:
        raw: without its line end.
        stamped: the line begins with the RFC 3339 time that `timestamps=true` asks for.
        origin: the number of its source.
    """
    stamp, body = _split_stamp(raw) if stamped else (0, raw)
    fields = _json_fields(body) if body.startswith("{") else None
    if fields is not None:
        return _structured(fields, stamp, plain(body), origin)
    text = plain(body.replace("\t", "    "))
    return LogLine(text.rstrip(), level_of(text), stamp, origin=origin)


def level_of(text: str) -> Level:
    """The level a line states: klog's letter, `level=warn`, `[error]`, `ERROR`, `error: …`, a crash's first line."""
    if match := _KLOG.match(text):
        return _KLOG_LEVELS[match[1]]
    if text.startswith(_CRASHES):
        return Level.ERROR
    head = text[:SCANNED]
    lower = head.lower()
    if not any(part in lower for part in _PARTS):
        return Level.NONE
    match = _KEYED.search(lower) or _SHOUTED.search(head)
    return _WORDS[match[match.lastindex or 0].lower()] if match else Level.NONE


def level_named(word: str) -> Level | None:
    """The level that a word, or its beginning, names; None for none."""
    lower = word.lower()
    return _WORDS.get(lower) or next(
        (level for name, level in _WORDS.items() if lower and name.startswith(lower)), None
    )


def clock(stamp: int) -> str:
    """A stamp as local time of day with milliseconds, 12 characters."""
    seconds, nanoseconds = divmod(stamp, 1_000_000_000)
    at = datetime.fromtimestamp(seconds, UTC).astimezone()
    return f"{at:%H:%M:%S}.{nanoseconds // 1_000_000:03d}"


_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?")
_KLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ ")
_KLOG_LEVELS = {"I": Level.INFO, "W": Level.WARN, "E": Level.ERROR, "F": Level.FATAL}
_WORDS = {
    "trace": Level.TRACE,
    "debug": Level.DEBUG,
    "dbg": Level.DEBUG,
    "info": Level.INFO,
    "inf": Level.INFO,
    "information": Level.INFO,
    "notice": Level.INFO,
    "warn": Level.WARN,
    "wrn": Level.WARN,
    "warning": Level.WARN,
    "error": Level.ERROR,
    "err": Level.ERROR,
    "severe": Level.ERROR,
    "fatal": Level.FATAL,
    "crit": Level.FATAL,
    "critical": Level.FATAL,
    "panic": Level.FATAL,
    "alert": Level.FATAL,
    "emerg": Level.FATAL,
    "emergency": Level.FATAL,
}
_ANY_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_KEYED = re.compile(
    rf"""(?:\b(?:level|lvl|severity|loglevel)["']?[=:]\s?["']?|\[\s*)({_ANY_WORD})\b|\A(?:\S+\s)?({_ANY_WORD}):"""
)
_SHOUTED = re.compile(rf"(?<![\w/.-])({_ANY_WORD.upper()})(?![\w/.-])")
_PARTS = (
    "err",
    "warn",
    "inf",
    "debug",
    "fatal",
    "notice",
    "trace",
    "crit",
    "panic",
    "emerg",
    "alert",
    "severe",
    "wrn",
    "dbg",
)
_CRASHES = ("Traceback (most recent call last)", "Exception in thread", "Caused by:", "Unhandled exception")

_LEVEL_KEYS = ("level", "severity", "lvl", "levelname", "log.level", "loglevel", "@l")
_MESSAGE_KEYS = ("msg", "message", "@m", "event", "text", "log")
_TIME_KEYS = ("ts", "time", "timestamp", "@timestamp", "@t", "datetime", "asctime")
_decode_json = msgspec.json.Decoder().decode


def _split_stamp(raw: str) -> tuple[int, str]:
    match = _STAMP.match(raw)
    if match is None:
        return 0, raw
    whole, fraction, zone = match.groups()
    try:
        at = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone))
    except ValueError:
        return 0, raw
    return int(at.timestamp()) * 1_000_000_000 + int((fraction or "").ljust(9, "0")), raw[match.end() :]


def _json_fields(body: str) -> dict[str, Any] | None:
    try:
        fields = _decode_json(body)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return fields if isinstance(fields, dict) else None


def _structured(fields: dict[str, Any], stamp: int, source: str, origin: int) -> LogLine:
    level = _json_level(_pop_first(fields, _LEVEL_KEYS))
    message = _pop_first(fields, _MESSAGE_KEYS)
    for key in _TIME_KEYS:
        fields.pop(key, None)
    head = plain(message if isinstance(message, str) else _compact(message)).rstrip() if message is not None else ""
    tail = plain("  ".join(f"{key}={_compact(value)}" for key, value in fields.items()))
    text = f"{head}   {tail}" if head and tail else head or tail
    return LogLine(text, level or level_of(head), stamp, len(text) - len(tail) if tail else -1, source, origin)


def _pop_first(fields: dict[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        if key in fields:
            return fields.pop(key)
    return None


def _json_level(value: Any) -> Level:
    if isinstance(value, str):
        return _WORDS.get(value.lower(), Level.NONE)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _numeric_level(value)
    return Level.NONE


def _numeric_level(value: float) -> Level:
    """Bunyan and pino: 10 trace to 60 fatal. Source: getpino.io, docs/api.md, section level."""
    steps = (
        (60, Level.FATAL),
        (50, Level.ERROR),
        (40, Level.WARN),
        (30, Level.INFO),
        (20, Level.DEBUG),
        (10, Level.TRACE),
    )
    return next((level for least, level in steps if value >= least), Level.NONE)


def _compact(value: Any) -> str:
    if isinstance(value, str):
        return value if value and " " not in value else f'"{value}"'
    try:
        return msgspec.json.encode(value).decode()
    except (RecursionError, UnicodeEncodeError):
        return "…"
