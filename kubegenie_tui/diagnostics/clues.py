"""What the last lines of a crashed program's log say about the reason, in the words that common programs use."""

import json
import re
from collections.abc import Sequence

import msgspec

_NAME = r"[A-Z][A-Z0-9_]{2,}"
_ADDRESS = re.compile(
    r"(?<![\w:.-])(?P<host>[a-z][a-z0-9.-]*|\d+\.\d+\.\d+\.\d+):(?P<port>\d{2,5})(?!\d|:\d)", re.IGNORECASE
)
_IN_WORDS = re.compile(
    r"(?:\bat|\bon|\bhost|\bserver) [\"'](?P<host>[a-z][\w.-]*)[\"'](?: \([\da-f.:]*\))?"
    r"[^\n]{0,40}?\bport (?P<port>\d{2,5})\b",
    re.IGNORECASE,
)
"""As clients of PostgreSQL say it: `connection to server at "db" (10.0.0.1), port 5432 failed`."""
_BY_CURL = re.compile(r"failed to connect to (?P<host>[a-z][\w.-]*) port (?P<port>\d{2,5})\b", re.IGNORECASE)
_WITH_NAME = re.compile(r"\d+(?:\.\d+){3}:(?P<port>\d{2,5}) \((?P<host>[a-z][\w.-]*)\)", re.IGNORECASE)
"""As pgx, a driver of PostgreSQL, says it: `10.0.0.1:5432 (db.shop.svc): dial error`."""
_ALARM = re.compile(
    r"\b(fatal|panic|critical|emerg|caused by|exception|error|err|failed|failure|cannot|can't|could not|denied|refused"
    r"|missing|required|not set|no such|unable|invalid|abort(?:ed)?)\b|Error:",
    re.IGNORECASE,
)
_STACK = re.compile(r"^\s+(?:at |File |from |\^|\.\.\. )|^\s*goroutine \d+|^Traceback |^\s*$|^\t|^\s*[}\])]+$")


class Clue(msgspec.Struct, frozen=True):
    """What a log line points at."""

    about: str
    """variable, certificate, host, refused, timeout, rbac, login, file, permission, port, read-only, disk."""
    line: str
    name: str = ""
    """The variable, host, file or address."""
    port: int = 0


_VARIABLES = (
    r"(?i:environment variable|env(?:ironment)? var(?:iable)?|env|variable|setting|config)s?:? (?:- )?[`'\"]?"
    rf"(?P<name>{_NAME})\b",
    rf"[`'\"$]?\b(?P<name>{_NAME})\b[`'\"]?:? (?i:environment variable )?(?i:is |was |are )?(?i:a )?"
    r"(?i:not set|not defined|undefined|unset|required|missing|must be set|not specified|empty|not provided)\b",
    r"(?i:missing|require[sd]?|specify|please set|define|undefined)(?i: required)?:? (?:one of )?[`'\"$]?"
    rf"(?P<name>{_NAME})\b",
    rf"KeyError: ['\"](?P<name>{_NAME})['\"]",
)
_RBAC = (
    r"cannot (?:list|get|watch|create|update|patch|delete) resource \"(?P<name>[\w./]+)\"",
    r"(?P<name>\w+)[^\n]{0,80}is forbidden: user \"?system:serviceaccount:",
    r"(?:cannot|may not|not allowed|forbidden)[^\n]{0,80}system:serviceaccount:[\w.-]+:(?P<name>[\w.-]*\w)",
)
_HOST = (
    r"no such host|name or service not known|could not resolve|name does not resolve|enotfound"
    r"|temporary failure in name resolution|unknown ?host|eai_again|eai_noname|could not translate host name"
    r"|could not find address|host not found|no address associated with hostname|nodename nor servname",
)
_CERTIFICATE = (
    r"x509: certificate (?:has expired|is valid for)|certificate (?:has|is) expired|cert_has_expired"
    r"|certificate verify failed|altname|hostname mismatch|failed to verify certificate|certificateexpiredexception"
)
_LOGIN = (
    r"password authentication failed|access denied for user|authentication failed|invalid (?:username or )?password"
    r"|wrongpass|noauth|401 unauthorized|invalid api key",
)
_FILE = (
    r"(?P<name>/[\w./-]+)['\"]?[:,]? (?:\S+ ){0,4}?(?:no such file or directory|enoent|does not exist|not found)",
    r"(?:no such file or directory|enoent|file not found)[^/]*['\"]?(?P<name>/[\w./-]+)",
    r"no such file or directory|enoent|file not found",
)
_PERMISSION = (
    r"(?P<name>/[\w./-]+)['\"]?[:,]? (?:\S+ ){0,4}?(?:permission denied|eacces)",
    r"(?:permission denied|eacces)[^/]*['\"]?(?P<name>/[\w./-]+)",
    r"permission denied|eacces|operation not permitted",
)
_CLUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (about, re.compile(pattern, 0 if about == "variable" else re.IGNORECASE))
    for about, patterns in (
        ("variable", _VARIABLES),
        ("rbac", _RBAC),
        ("certificate", (_CERTIFICATE,)),
        ("host", _HOST),
        (
            "refused",
            (r"connection refused|econnrefused|couldn't connect to server|can't connect to mysql server[^\n]*\(111\b",),
        ),
        ("timeout", (r"i/o timeout|connection timed out|etimedout|connect timeout|mysql server[^\n]*\(110\b",)),
        ("login", _LOGIN),
        ("read-only", (r"read-only file system|erofs",)),
        ("disk", (r"no space left on device|enospc",)),
        ("port", (r"address already in use|eaddrinuse",)),
        ("file", _FILE),
        ("permission", _PERMISSION),
    )
    for pattern in patterns
)
_LOOKED_UP = re.compile(
    r"(?:lookup|getaddrinfo for|enotfound|eai_(?:again|noname)|unknownhost(?:exception)?:?|resolve(?: host(?:name)?)?:?"
    r"|address for|host(?: ?name)?) [\"'`]?(?P<host>(?!not\b)[a-z][\w.-]*\w)",
    re.IGNORECASE,
)


_CALLED = re.compile(
    r"https?://(?P<host>[a-z][a-z0-9.-]*)(?::(?P<port>\d{2,5}))?|\bnot (?P<other>[a-z][a-z0-9.-]*\w)$", re.IGNORECASE
)
"""Whose certificate it is: the URL that was asked for, or the end of `is valid for a, not b`."""
_ABOUT_HOSTS = {
    "host": (_LOOKED_UP, _ADDRESS),
    "certificate": (_CALLED, _ADDRESS),
} | dict.fromkeys(("refused", "timeout", "login"), (_IN_WORDS, _BY_CURL, _WITH_NAME, _ADDRESS, _LOOKED_UP))


def telling_line(lines: Sequence[str]) -> str:
    """The line that most likely says why: the last alarming one outside stack traces, else the last one."""
    said = [line for line in lines if not _STACK.search(line)]
    alarming = alarming_lines(said)
    line = (alarming or said or [""])[-1]
    for candidate in reversed(alarming):
        if re.search(r"panic:|caused by|fatal", candidate, re.IGNORECASE):
            line = candidate
            break
    return message_of(line).strip()


def alarming_lines(lines: Sequence[str]) -> list[str]:
    """The lines whose words are alarming; where none are, those that only their level makes so."""
    by_words = [line for line in lines if _ALARM.search(message_of(line))]
    return by_words or [line for line in lines if _ALARM.search(line)]


def alarming_line(lines: Sequence[str]) -> str:
    """The line that tells of a fault, empty where none does."""
    line = telling_line(lines)
    return line if _ALARM.search(line) else ""


def read_clue(lines: Sequence[str]) -> Clue | None:
    """What the log points at; None when it says nothing that is known."""
    messages = [message_of(line).strip() for line in lines[-12:]]
    alarms = [message_of(line).strip() for line in alarming_lines(lines)]
    tries = (telling_line(lines), *reversed(messages), " ".join(messages[-6:]), *reversed(alarms))
    for candidate in dict.fromkeys(tries):
        for about, pattern in _CLUES:
            match = pattern.search(candidate)
            if match:
                return _clue(about, candidate, match)
    return None


def _clue(about: str, line: str, match: re.Match[str]) -> Clue:
    address = None
    if about in _ABOUT_HOSTS:
        patterns = _ABOUT_HOSTS[about]
        address = next(filter(None, (pattern.search(line) for pattern in patterns)), None)
    if address is None:
        return Clue(about, line, match.groupdict().get("name") or "")
    told = address.groupdict()
    return Clue(about, line, told["host"] or told.get("other") or "", int(told.get("port") or 0))


def message_of(line: str) -> str:
    """The message of a JSON log line; other lines as they are, JSON within them without the quotes' escapes."""
    try:
        fields = json.loads(line) if line.lstrip().startswith("{") else None
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return line.replace('\\"', '"')
    parts = [str(fields[key]) for key in ("message", "msg", "error", "err", "exception") if fields.get(key)]
    return ": ".join(parts) if parts else line
