"""Which names of fields, variables and flags say that their value is a credential."""

import re
from functools import lru_cache

_CREDENTIAL = re.compile(
    r"pass(?:wor[dt]|wd|phrase|code)|(?<![a-z])(?:pass|pw|passe|kennwort|senha)(?![a-z])|contraseña|\bpwd|_pwd|pwd_"
    r"|(?:store|key|require|root|user|db|ssh|smtp|mail|admin)pass\b|(?:master|primary)auth|client_assertion"
    r"|secret(?!s?manager)|token(?!iz)|credential|authorization|(?<![a-z])auth(?![a-z])|\bcookie|\bsalt\b"
    r"|(?:api|access|private|encryption|signing|master|account|shared|ssh|client|license|subscription|consumer|certificate"
    r"|unseal|recovery)[_.-]?key(?!gen|scan)|session[_.-]?id|sessid|dockercfg|dockerconfig|connection[_.-]?string",
    re.IGNORECASE,
)
CREDENTIAL_HINTS = (
    "pass",
    "pw",
    "secret",
    "token",
    "key",
    "credential",
    "cookie",
    "sess",
    "auth",
    "docker",
    "connection",
    "salt",
    "kennwort",
    "senha",
    "contrase",
    "assertion",
)
"""In lower case: what has none of them names no credential."""
_BEGINS_STRUCTURE = re.compile(r"[\[{]+[\w\"]*:?$")
_STANDS_FOR = re.compile(r"\*{3,}|<[\w ]+>|<set|\$[({]\w+[)}]?|\{\{.*\}\}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
REFERENCE_WORDS = frozenset({
    "name", "names", "namespace", "ref", "refs", "reference", "path", "file", "files", "dir", "directory", "mount",
    "type", "kind", "seconds", "expiry", "expiration", "ttl", "url", "uri", "endpoint", "issuer", "audience", "count",
    "audiences", "provider", "algorithm", "length", "limit", "enabled", "policy", "class", "version", "store", "field",
    "backend", "engine", "manager", "id", "rotation", "period", "interval", "hash", "checksum", "mode", "method",
    "strategy", "format", "scheme", "realm", "status", "error", "exception", "encryption", "reason", "stdin", "source",
    "database", "service", "module", "plugin", "mechanism", "user", "group", "domain", "origin",
})  # fmt: skip
"""Last words of names that tell something about a credential, and are none."""
_OF_OBJECTS = frozenset({("tls", "secret"), ("pull", "secret"), ("pull", "secrets"), ("cert", "secret")})
"""Last words of names that hold the name of a Secret."""
_OPEN_VALUES = frozenset({
    "true", "false", "null", "none", "nil", "yes", "no", "unset", "empty", "<none>", "<nil>", "<unset>", "<unknown>",
    "xxx", "redacted", "required", "optional", "enabled", "disabled", "bearer", "basic",
    "digest", "negotiate", "oauth", "aws4-hmac-sha256",
})  # fmt: skip


def has_credential_word(text: str) -> bool:
    """Whether a credential's name may occur in a text: a quick look."""
    lower = text.lower()
    return any(hint in lower for hint in CREDENTIAL_HINTS)


@lru_cache(maxsize=4096)
def is_credential_name(name: str) -> bool:
    """Whether `DB_PASSWORD`, `apiKey`, `--token` and the like; not `secretName` or `tokenExpirationSeconds`."""
    if not _CREDENTIAL.search(_CAMEL.sub("_", name)):
        return False
    words = [word.lower() for word in re.split(r"[\s_.\-/:]+", _CAMEL.sub("_", name)) if word]
    if {"existing", "secret"} <= set(words) or tuple(words[-2:]) in _OF_OBJECTS:
        return False
    return not (len(words) > 1 and words[-1] in REFERENCE_WORDS)


def is_open_value(value: str) -> bool:
    """Whether a value under such a name gives nothing away."""
    number = value.rstrip(":,;.")
    known = not value or value.lower() in _OPEN_VALUES or (number.isdigit() and len(number) < 6)
    return known or _BEGINS_STRUCTURE.match(value) is not None or _STANDS_FOR.fullmatch(value) is not None
