"""What a credential looks like in free text: logs, events, messages, YAML, whatever a person types."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator

from kubegenie_tui.domain.credential_names import has_credential_word, is_credential_name, is_open_value
from kubegenie_tui.genie.redaction.stretches import found_in

Mask = Callable[[str], str]
"""From a secret to its placeholder."""
Change = Callable[[re.Match[str]], str]
"""From what was found to what comes in its place."""

PLACEHOLDER = re.compile(r"\[redacted-[0-9a-f]{8}\]")

_PEM = re.compile(r"-----BEGIN [^-\n]{1,40}-----[\s\S]*?(?:-----END [^-\n]{1,40}-----|\Z)")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)*")
_KNOWN = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("sk-", r"\bsk-[\w-]{16,}"),
        ("sk_", r"\bsk_[\w-]{16,}"),
        ("rk_", r"\brk_[\w-]{16,}"),
        ("pk_", r"\bpk_[\w-]{16,}"),
        ("gh", r"\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{20,}"),
        ("gl", r"\bgl(?:pat|dt|rt|ft|soat|cbt)-[\w-]{16,}"),
        ("xox", r"\bxox[abeoprs]-[\w-]{8,}"),
        ("xapp-", r"\bxapp-[\w-]{8,}"),
        ("A", r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bAGE-SECRET-KEY-1[0-9A-Z]{20,}"),
        ("ya29.", r"\bya29\.[\w-]{10,}"),
        ("hf_", r"\bhf_[A-Za-z0-9]{16,}"),
        ("npm_", r"\bnpm_[A-Za-z0-9]{20,}"),
        ("pypi-", r"\bpypi-[\w-]{20,}"),
        ("_v1_", r"\bdo[por]_v1_[0-9a-f]{20,}"),
        ("SG.", r"\bSG\.[\w-]{10,}\.[\w-]{10,}"),
        ("hv", r"\bhv[sbr]\.[\w-]{16,}"),
        ("dckr_pat_", r"\bdckr_pat_[\w-]{16,}"),
        ("slack.com", r"hooks\.slack\.com/services/[\w/]+"),
        ("/api/webhooks/", r"/api/webhooks/[\w/-]{16,}"),
        (":", r"\b\d{8,10}:[A-Za-z0-9_-]{34,}"),
        (".", r"(?<![\w.-])[a-z0-9]{6}\.(?=[a-z]*[0-9])[a-z0-9]{16}(?![\w.-])"),
    )
)
_HEADER = re.compile(r"(\bauthorization[\"']?\s*[:=]\s*[\"']?)((?:[A-Za-z]+ +)?)([^\s\"',;]+)", re.IGNORECASE)
_BEARER = re.compile(r"\b((?:bearer|basic|token)\s+)([A-Za-z0-9._~+/=-]{6,})", re.IGNORECASE)
_USERINFO = re.compile(r"(://)([^\s/'\"?#<>]{1,512})(@)")
_USERINFO_WITH_SLASH = re.compile(r"(://)([^\s:/@'\"]{0,200}:(?!\d+[/?#])[^\s'\"<>@]{1,512})(@)")
_NAME_AND_SIGN = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]++)\\?[\"']?(?:\s*+(?:=>|:=|[:=])\s*+|\s(?:is|was)\s)|(?<![\w-])(?P<flag>--?[\w-]++)\s++"
)
_VALUE = re.compile(
    r"(?P<quote>\\?[\"'])(?:(?!(?P=quote))[^\\]|\\(?!\").|(?!(?P=quote))\\\")*(?P=quote)?|[^\s,;\"'&)}\]]+"
)
_PAIR = re.compile(
    r"(?<![\w.-])name\\?[\"']?\s{0,9}[:=]\s{0,9}\\?[\"']?(?P<name>[\w.-]{1,253})\\?[\"']?[\s,+-]{1,99}\\?[\"']?value\\?[\"']?"
    r"\s{0,9}[:=]\s{0,9}"
)
"""Of a variable, as manifests have them: `name: DB_PASSWORD`, then its value, in YAML or JSON."""
_SAID_OF_IT = frozenset({
    "accepted", "already", "available", "being", "changed", "denied", "deprecated", "empty", "expired",
    "forbidden", "found", "generated", "given", "ignored", "immutable", "in", "incorrect", "invalid", "kept",
    "malformed", "mandatory", "missing", "mounted", "needed", "never", "no", "not", "only", "optional",
    "provided", "referenced", "rejected", "required", "revoked", "rotated", "set", "still", "stored", "too",
    "undefined", "unknown", "unset", "used", "valid", "wrong",
})  # fmt: skip
"""Words that follow `password is` and are no password."""
_CURL_USER = re.compile(r"((?:^|\s)(?:-u|--user)[ =])([^\s:]+:[^\s]+)")
_BLOB = re.compile(r"\b(?:H4sI|SDRzS|eyJ)[A-Za-z0-9+/_-]{60,}={0,2}|[A-Za-z0-9+/]{240,}={0,2}")
_HEX = re.compile(r"(?<![\w:/@-])[0-9a-fA-F]{32,}(?![\w-])")
_WORD = re.compile(r"[A-Za-z0-9_+/=-]{20,}")
_JOINTS = re.compile(r"[/_+=-]")


def mask_text(text: str, mask: Mask) -> Generator[None, None, str]:
    """`text` with everything masked that looks like a credential, with pauses. Doing it twice changes nothing."""
    for pattern in (_PEM, _JWT):
        text = yield from _replaced(pattern, text, lambda m: mask(m[0]))
    for hint, pattern in _KNOWN:
        yield
        if hint in text:
            text = yield from _replaced(pattern, text, lambda m: mask(m[0]))
    for pattern, change in _inner(mask):
        text = yield from _replaced(pattern, text, change)
    text = yield from _mask_pairs(text, mask)
    text = yield from _mask_named(text, mask)
    for pattern in (_BLOB, _HEX):
        text = yield from _replaced(pattern, text, lambda m: mask(m[0]))
    return (yield from _replaced(_WORD, text, lambda m: mask(m[0]) if is_random(m[0]) else m[0]))


def _inner(mask: Mask) -> Iterator[tuple[re.Pattern[str], Change]]:
    """Patterns a part of which is the credential, and what comes in place of the whole."""
    for pattern in (_USERINFO, _USERINFO_WITH_SLASH):
        yield pattern, lambda m: m[1] + _masked(m[2], mask) + m[3]
    yield _HEADER, lambda m: m[1] + m[2] + _masked(m[3], mask)
    yield _BEARER, lambda m: m[1] + (_masked(m[2], mask) if _is_mixed(m[2]) else m[2])
    yield _CURL_USER, lambda m: m[1] + _masked(m[2], mask)


def _replaced(pattern: re.Pattern[str], text: str, change: Change) -> Generator[None, None, str]:
    parts, done = [], 0
    for match in found_in(text, pattern):
        if match is None:
            yield
            continue
        parts += [text[done : match.start()], change(match)]
        done = match.end()
    return "".join(parts) + text[done:] if parts else text


def is_random(word: str) -> bool:
    """Whether a word looks made by a random generator: what is no plain word or number in it changes class often."""
    odd = "".join(part for part in _JOINTS.split(word) if not _is_plain(part))
    if len(odd) < 16:
        return False
    classes = [_class_of(char) for char in odd]
    if len(set(classes)) < 3:
        return False
    changes = sum(one != other for one, other in itertools.pairwise(classes))
    counts = Counter(odd)
    entropy = -sum(n / len(odd) * math.log2(n / len(odd)) for n in counts.values())
    return changes / len(odd) >= 0.3 and entropy >= 3.5


def _is_plain(part: str) -> bool:
    return part.isdigit() or (part.isalpha() and (part.islower() or part.isupper() or part.istitle()))


def _class_of(char: str) -> str:
    if char.isdigit():
        return "digit"
    return "upper" if char.isupper() else "lower"


def _is_mixed(value: str) -> bool:
    return any(char.isdigit() or char in "=+/" for char in value) or (value.lower() != value != value.title())


def _mask_named(text: str, mask: Mask) -> Generator[None, None, str]:
    """Mask what follows a credential's name: `password=…`, `"apiKey": "…"`, `--token …`."""
    if not has_credential_word(text):
        return text
    parts, done = [], 0
    for match in found_in(text, _NAME_AND_SIGN):
        if match is None:
            yield
            continue
        if match.start() < done or not is_credential_name(match["name"] or match["flag"]):
            continue
        value = _VALUE.match(text, match.end())
        if value is None or (match["flag"] and value[0].startswith("-")):
            continue
        if match[0].endswith(("is ", "was ")) and value[0].lower().rstrip(".:") in _SAID_OF_IT:
            continue
        parts += [text[done : match.end()], _masked(value[0], mask)]
        done = value.end()
    return "".join(parts) + text[done:]


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
    quotes = re.match(r"""(\\?["'])(.*?)(\\?["'])?$""", value, re.DOTALL)
    left, inner, right = (quotes[1], quotes[2], quotes[3] or "") if quotes else ("", value, "")
    if is_open_value(inner) or "[redacted-" in inner:
        return value
    return left + mask(inner) + right
