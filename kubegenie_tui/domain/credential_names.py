"""Which names of fields, variables and flags say that their value is a credential."""

import re
from functools import lru_cache

_CREDENTIAL = re.compile(
    r"pass(?:wor[dt]|wd|phrase|code)|\bpwd|_pwd|pwd_|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key"
    r"|encryption[_.-]?key|signing[_.-]?key|master[_.-]?key|account[_.-]?key|shared[_.-]?key|ssh[_.-]?key|client[_.-]?key"
    r"|credential|\bcookie|session[_.-]?id|authorization|(?<![a-z])auth(?![a-z])|dockercfg|dockerconfig|connection[_.-]?string|\bsalt\b",
    re.IGNORECASE,
)
_HINTS = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "cookie",
    "session",
    "auth",
    "docker",
    "connection",
    "salt",
)
_BEGINS_STRUCTURE = re.compile(r"[\[{]+[\w\"]*:?$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
REFERENCE_WORDS = frozenset({
    "name", "names", "namespace", "ref", "refs", "reference", "path", "file", "files", "dir", "directory", "mount",
    "type", "kind", "seconds", "expiry", "expiration", "ttl", "url", "uri", "endpoint", "issuer", "audience", "count",
    "audiences", "provider", "algorithm", "length", "limit", "enabled", "policy", "class", "version", "store", "field",
    "backend", "engine", "manager", "id", "rotation", "period", "interval", "hash", "checksum",
})  # fmt: skip
"""Last words of names that tell something about a credential, and are none."""
_OPEN_VALUES = frozenset({
    "true", "false", "null", "none", "nil", "yes", "no", "unset", "empty", "<none>", "<nil>", "<unset>", "<unknown>",
    "***", "xxx", "required", "optional", "bearer", "basic",
})  # fmt: skip


def has_credential_word(text: str) -> bool:
    """Whether a credential's name may occur in a text: a quick look."""
    lower = text.lower()
    return any(hint in lower for hint in _HINTS)


@lru_cache(maxsize=4096)
def is_credential_name(name: str) -> bool:
    """Whether `DB_PASSWORD`, `apiKey`, `--token` and the like; not `secretName` or `tokenExpirationSeconds`."""
    if not _CREDENTIAL.search(name):
        return False
    words = [word.lower() for word in re.split(r"[\s_.\-/:]+", _CAMEL.sub("_", name)) if word]
    return not (len(words) > 1 and words[-1] in REFERENCE_WORDS)


def is_open_value(value: str) -> bool:
    """Whether a value under such a name gives nothing away."""
    known = not value or value.lower() in _OPEN_VALUES or (value.isdigit() and len(value) < 6)
    return known or _BEGINS_STRUCTURE.match(value) is not None
