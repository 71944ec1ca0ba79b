"""Keys that somebody wrote into the settings, where none may stand: only where one is kept."""

import re
from collections.abc import Iterator, Mapping

from kubegenie_tui.domain.credential_names import REFERENCE_WORDS, is_open_value

_KEY_PREFIX = re.compile(r"(?:Bearer|Basic)\s+\S|(?:sk|pk|gsk|xai|hf|ghp|glpat|nvapi|AIza|eyJ)[-_A-Za-z0-9]{12,}")
_LONG_WORD = re.compile(r"(?=\S*[0-9])(?=\S*[A-Za-z])[A-Za-z0-9_-]{32,}")
_SECRET_HEADER = re.compile(r"authorization|api-?key|token|secret|cookie|password", re.IGNORECASE)
_KEY_WORD = re.compile(r"\w*(?:key|token|secret|password|passwd|auth|authorization|credentials?)", re.IGNORECASE)
_OTHER_KEYS = frozenset({"cache", "bos", "eos", "pad", "unk", "special", "stop"})
"""Beside such a word a key is that of a cache, and a token one of the model's."""
_JOINTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_USER_IN_URL = re.compile(r"//[^/@\s]+:[^/@\s]+@|[?&][^=&]*(?:key|token)[^=&]*=", re.IGNORECASE)


def is_key(text: str) -> bool:
    """Whether it looks like a key."""
    return bool(_KEY_PREFIX.search(text) or _LONG_WORD.search(text))


def has_password(url: str) -> bool:
    """Whether an address has a password or a key in it."""
    return bool(_USER_IN_URL.search(url))


def headers_with_keys(headers: Mapping[str, str], reference: re.Pattern[str]) -> Iterator[str]:
    """Names of the headers that hold a key, or whose value would be one and is no `reference`."""
    for name, text in headers.items():
        rest = reference.sub("", text)
        if is_key(rest) or (_is_secret(name) and rest == text and text):
            yield name


def fields_with_keys(value: object, name: str = "") -> Iterator[str]:
    """Names of the fields of a body that hold a key, by their value or their name; empty for one without a name."""
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from fields_with_keys(each, str(inner))
    elif isinstance(value, list):
        for each in value:
            yield from fields_with_keys(each, name)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value)
        if is_key(text) or (_names_a_key(name) and not is_open_value(text)):
            yield name


def _is_secret(header: str) -> bool:
    return bool(_SECRET_HEADER.search(header)) or _names_a_key(header)


def _names_a_key(name: str) -> bool:
    """Whether what has this name holds a key."""
    words = [word.lower() for word in _JOINTS.split(name) if word]
    is_about_one = bool(words) and words[-1] in REFERENCE_WORDS
    is_another = is_about_one or not _OTHER_KEYS.isdisjoint(words)
    return not is_another and any(_KEY_WORD.fullmatch(word) for word in words)
