"""Keys that somebody wrote into the settings, where none may stand: only where one is kept."""

import re
from collections.abc import Iterator, Mapping

_KEY_PREFIX = re.compile(r"(?:Bearer|Basic)\s+\S|(?:sk|pk|gsk|xai|hf|ghp|glpat|nvapi|AIza|eyJ)[-_A-Za-z0-9]{12,}")
_LONG_WORD = re.compile(r"(?=\S*[0-9])(?=\S*[A-Za-z])[A-Za-z0-9_-]{32,}")
_SECRET_HEADER = re.compile(r"authorization|api-?key|token|secret|cookie|password", re.IGNORECASE)
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
        if is_key(rest) or (_SECRET_HEADER.search(name) and rest == text and text):
            yield name
