"""What a credential looks like in free text: logs, events, messages, YAML, whatever a person types."""

import re
from collections.abc import Callable, Generator
from functools import partial

from kubegenie_tui.domain.credential_names import CREDENTIAL_HINTS, is_credential_name, is_open_value
from kubegenie_tui.genie.redaction.command_lines import COMMANDS
from kubegenie_tui.genie.redaction.hashes import WORD, mask_random
from kubegenie_tui.genie.redaction.known_tokens import BOOTSTRAP, JWT, KNOWN
from kubegenie_tui.genie.redaction.phrases import PHRASES
from kubegenie_tui.genie.redaction.said import is_said
from kubegenie_tui.genie.redaction.stretches import STRETCH, Range, found_in, lines_with

Mask = Callable[[str], str]
"""From a secret to its placeholder."""
Change = Callable[[re.Match[str]], str]
"""From what was found to what comes in its place."""

PLACEHOLDER = re.compile(r"\[redacted-[0-9a-f]{8}\]")

_PEM = re.compile(r"-----BEGIN [^-\n]{1,40}-----[\s\S]*?(?:-----END [^-\n]{1,40}-----|\Z)")
_NAME_AND_SIGN = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]++)\\*+[\"']?(?P<sign>[ \t]*+(?:=>|:=|[:=]|%3[ADad])[ \t]*+|\s(?:is|was)\s)"
    r"|(?<![\w-])(?P<flag>--?[\w-]++)(?:[ \t\x1d]*+\n[ \t]*+-[ \t]++|\s++|\\?[\"'],[ \t]*+)"
)
_VALUE = re.compile(
    r"(?P<quote>\\*[\"'])(?:(?!(?P=quote))(?:[^\\]|\\[\s\S]))*(?P=quote)?"
    r"|(?:[^\s,;\"'&)}\]\\]|\\(?![\"']))+"
)
_LINES = re.compile(
    r"[|>][-+\d]{0,2}[ \t\x1d]*\n(?P<in>[ \t]+)(?P<v>[^\n]*(?:\n(?P=in)[^\n]*)*)"
    r"|\x1d?\n[ \t]+(?:-[ \t]+)?(?P<w>[^\s:\"'|>-][^\s:\"']{0,4096})[ \t\x1d]*(?=\n|\Z)"
)
"""A value on lines of its own, as YAML has it."""
_PAIR = re.compile(
    r"name(?<![\w.-]name)\\?[\"']?\s{0,9}[:=]\s{0,9}\\?[\"']?(?P<name>[\w.-]{1,253})\\?[\"']?[\s,+-]{1,99}\\?[\"']?value\\?[\"']?"
    r"\s{0,9}[:=]\s{0,9}"
)
"""Of a variable, as manifests have them: `name: DB_PASSWORD`, then its value, in YAML or JSON."""
_FORMS = (("-----BEGIN ", _PEM), ("eyJ", JWT), *KNOWN)
RULES = (*COMMANDS, *PHRASES)
"""Words in lower case one of which is on the line, where a credential (`v`, `w`) stands, and whether it is one."""
_LONGEST_IN_QUOTES = 300
_BREAK = "\x1d\n"
"""An end of a line as JSON has it, while lines are looked at."""
_SUMMED = ("checksum/", "hash/", "sha256/")
"""Before a name of what it is the sum of."""


def mask_text(text: str, mask: Mask) -> Generator[None, None, str]:
    """`text` with everything masked that looks like a credential, with pauses. Doing it twice changes nothing."""
    if "\\n" not in text or _BREAK in text:
        return (yield from _mask_lines(text, mask))
    broken = text.replace("\\n", _BREAK)
    masked = yield from _mask_lines(broken, lambda secret: mask(secret.replace(_BREAK, "\\n")))
    return masked.replace(_BREAK, "\\n")


def _mask_lines(text: str, mask: Mask) -> Generator[None, None, str]:
    text = yield from _mask_known(text, mask)
    text = yield from _mask_placed(text, mask)
    text = yield from _mask_pairs(text, mask)
    text = yield from _mask_named(text, mask)
    return (yield from _replaced(WORD, text, lambda m: mask_random(m, mask)))


def _mask_known(text: str, mask: Mask) -> Generator[None, None, str]:
    """Mask what is known by its form."""
    for hint, pattern in _FORMS:
        if len(text) > STRETCH:
            yield
        if hint in text:
            ranges = None if pattern in (_PEM, JWT) else lines_with((hint,), text)
            text = yield from _replaced(pattern, text, lambda m: mask(m[0]), ranges)
    return (yield from _replaced(BOOTSTRAP, text, lambda m: _part_masked(m, mask)))


def _mask_placed(text: str, mask: Mask) -> Generator[None, None, str]:
    """Mask what stands where a credential does: in an address, a header, a statement, on a command line."""
    low = _lowered(text)
    for hints, pattern, is_secret in RULES:
        if len(text) > STRETCH:
            yield
        if not _has_one(hints, low):
            continue
        change = partial(_part_masked, mask=mask, is_secret=is_secret)
        done = yield from _replaced(pattern, text, change, lines_with(hints, low))
        if done != text:
            text, low = done, _lowered(done)
    return text


def _has_one(hints: tuple[str, ...], text: str) -> bool:
    for hint in hints:  # noqa: SIM110  (any() takes three times as long, for each rule and line)
        if hint in text:
            return True
    return False


def _lowered(text: str) -> str:
    """The text in lower case, each character at its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower()[:1] for char in text)


def _replaced(
    pattern: re.Pattern[str], text: str, change: Change, ranges: list[Range] | None = None
) -> Generator[None, None, str]:
    parts, done = [], 0
    for match in found_in(text, pattern, ranges):
        if match is None:
            yield
            continue
        parts += [text[done : match.start()], change(match)]
        done = match.end()
    return "".join(parts) + text[done:] if parts else text


def _part_masked(
    match: re.Match[str], mask: Mask, is_secret: Callable[[re.Match[str]], bool] = lambda match: True
) -> str:
    """What was found, with `v`, or else `w`, of it masked where that is a secret."""
    if not is_secret(match):
        return match[0]
    group = "w" if "w" in match.re.groupindex and match["v"] is None else "v"
    begin, end = (at - match.start() for at in match.span(group))
    return match[0][:begin] + _masked(match[group], mask) + match[0][end:]


def _mask_named(text: str, mask: Mask) -> Generator[None, None, str]:
    """Mask what follows a credential's name: `password=…`, `"apiKey": "…"`, `--token …`."""
    parts, done = [], 0
    for match in found_in(text, _NAME_AND_SIGN, lines_with(CREDENTIAL_HINTS, _lowered(text), 2)):
        if match is None:
            yield
            continue
        name = match["name"] or match["flag"]
        if match.start() < done or not is_credential_name(name) or text.endswith(_SUMMED, 0, match.start()):
            continue
        if (lines := _LINES.match(text, match.end())) is not None:
            parts += [text[done : match.end()], _part_masked(lines, mask)]
            done = lines.end()
            continue
        value = _VALUE.match(text, match.end())
        if value is None or _is_no_value(match, value):
            continue
        end = _end_in_quotes(match, value.end())
        parts += [text[done : match.end()], _masked(text[match.end() : end], mask)]
        done = end
    return "".join(parts) + text[done:] if parts else text


def _end_in_quotes(named: re.Match[str], end: int) -> int:
    """Where a value ends whose name begins in quotes: `"DB_PASSWORD=two words"`."""
    text, quote = named.string, named.string[named.start() - 1 : named.start()]
    if quote not in ("'", '"') or named["sign"] != "=" or text[end : end + 1] != " ":
        return end
    line = text.find("\n", end)
    closed = text.find(quote, end, line if line >= 0 else len(text))
    return closed if 0 <= closed < end + _LONGEST_IN_QUOTES else end


def _is_no_value(named: re.Match[str], value: re.Match[str]) -> bool:
    if named["flag"] and value[0].startswith("-"):
        return True
    text, end = named.string, value.end()
    return is_said(
        named["name"] or named["flag"], named["sign"] or "", value[0], text[end : end + 80].partition("\n")[0]
    )


def _mask_pairs(text: str, mask: Mask) -> Generator[None, None, str]:
    """Mask the value beside a credential's name: `{"name": "API_TOKEN", "value": "…"}`."""
    parts, done = [], 0
    for match in found_in(text, _PAIR):
        if match is None:
            yield
            continue
        value = _VALUE.match(text, match.end())
        if match.start() < done or value is None or not is_credential_name(match["name"]):
            continue
        parts += [text[done : match.end()], _masked(value[0], mask)]
        done = value.end()
    return "".join(parts) + text[done:] if parts else text


def _masked(value: str, mask: Mask) -> str:
    """The value's placeholder inside the quotes it came with."""
    quotes = re.match(r"""(\\*["'])(.*?)(\\*["'])?$""", value, re.DOTALL)
    left, inner, right = (quotes[1], quotes[2], quotes[3] or "") if quotes else ("", value, "")
    if is_open_value(inner) or "[redacted-" in inner:
        return value
    return left + mask(inner) + right
