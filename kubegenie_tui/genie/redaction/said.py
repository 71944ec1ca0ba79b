"""What is said of a credential, and what is one: `token: expired` and `password: hunter2`."""

import re

_SAID = frozenset({
    "a", "accepted", "already", "an", "and", "are", "as", "at", "available", "being", "but", "by", "can", "can't",
    "cannot", "changed", "configured", "could", "couldn't", "created", "denied", "deprecated", "does", "doesn't",
    "empty", "expired", "failed", "for", "forbidden", "found", "from", "generated", "given", "has", "have", "if",
    "ignored", "immutable", "in", "incorrect", "invalid", "is", "isn't", "it", "its", "kept", "malformed", "mandatory",
    "may", "mismatch", "missing", "mounted", "must", "needed", "never", "no", "not", "of", "on", "only", "optional",
    "or", "please", "provided", "referenced", "rejected", "required", "revoked", "rotated", "set", "should",
    "specified", "still", "stored", "supplied", "that", "the", "there", "this", "to", "too", "unauthorized",
    "undefined", "unknown", "unset", "use", "used", "valid", "was", "were", "when", "will", "with", "without", "wrong",
    "you",
})  # fmt: skip
"""Words that follow `password is` and are no password."""
_BEGINS_FAULT = frozenset({
    "access", "authentication", "authorization", "bad", "connection", "context", "error", "failure", "illegal", "open",
    "permission", "read", "resource", "rpc", "secret", "secrets", "server", "service", "timed", "timeout", "unable",
    "unexpected", "unsupported", "user", "x509",
})  # fmt: skip
"""Words that an error begins with, where more of it follows."""
_SOFT = re.compile(r"(?:auth|authorization|tokens?|credentials?|secrets?|cookies?)$", re.IGNORECASE)
"""Names that errors are told about as often as values are told under them."""
_OF_OBJECTS = re.compile(r"secret|(?:.*-)?(?:auth|tls)-secret", re.IGNORECASE)
"""Names that a Secret of a cluster is told under, as `shop/web-tls`."""
_OTHER_PAIR = re.compile(r"[A-Za-z_][\w.-]*=[^=\s]")
_OF_A_WAY = re.compile(r"(?:^|[_.-])auth$", re.IGNORECASE)
_WEAK = re.compile(r"pass|pw", re.IGNORECASE)
"""Names that mean something else as well."""
_PLAIN = re.compile(
    r"(?:[A-Z]?[a-z]+|(?:[A-Z]?[a-z]{2,})+)(?:[-/_.'][a-z]+)*[:,.]{0,2}|oauth2:|x509:|http2:|sha\d+:|\d{3}"
    r"|<[\w .-]{1,40}>?"
)
_MORE = re.compile(r"[ \t]+(?![\w.-]+[:=][^\s:])[\w\"'\\(\[/<-]")
_MORE_OF_A_FAULT = re.compile(r"[ \t]+[\w\"'\\(\[/<-]")
_PAIR_NEXT = re.compile(r"[ \t]+[\w.-]+[:=]")
_REFERENCE = re.compile(r"[a-z0-9][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*")
_PATH = re.compile(r"/(?:var|run|etc|tmp|home|root|opt|mnt|secrets|usr|app|data|srv|config|certs)(?:/[\w./@-]*)?")
_NO_SECRET = re.compile(
    r"(?:v?\d+(?:\.\d+)*(?:[a-zµ]{1,3}|%)?|sha-?\d+|scram-.*|md\d|base(?:32|64)|pbkdf2|argon2\w*|oauth2?|utf-?8|rfc\d+"
    r"|https?(?:/?[\d.]+)?|x509|aes-?\d+[\w-]*|tls\S*|ssl\S*|ipv\d|ssh2|k8s|\d[\d:.,/-]*|[\w-]+(?:://.*|\(\))"
    r"|[a-z_-]{2,}=.*)",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z][A-Z_-]{2,}\d{1,6}")
"""Of an error: `ORA-01017`."""
_ODD = re.compile(r"[!@#$%^&*+=?~]")


def looks_secret(value: str) -> bool:
    """Whether a word in a sentence is no word of it: it has figures among its letters, or signs."""
    value = value.rstrip(".,;:!?)")
    if len(value) < 5 or value.startswith(("/", "<", "$(", "${", "{{")) or _NO_SECRET.fullmatch(value):
        return False
    if _CODE.fullmatch(value):
        return False
    letters = any(char.isalpha() for char in value)
    return letters and (any(char.isdigit() for char in value) or _ODD.search(value) is not None)


def is_mixed(value: str) -> bool:
    """Whether letters, figures and signs are mixed in a word as in a token."""
    odd = any(char.isdigit() or char in "=+/" for char in value) or (value.lower() != value != value.title())
    return odd and not _NO_SECRET.fullmatch(value)


def is_word(value: str) -> bool:
    """Whether a word is one of those that are said of credentials."""
    word = value.lower().rstrip(".:,!")
    return word in _SAID or word in _BEGINS_FAULT


def is_reference(value: str) -> bool:
    """Whether a value says where something is: `shop/web-tls`, or a path."""
    return _REFERENCE.fullmatch(value) is not None or _PATH.fullmatch(value) is not None


def is_said(name: str, sign: str, value: str, rest: str) -> bool:
    """Whether what follows a credential's name is no value of it but talk about it.

    Args:
        name: what the credential is called.
        sign: what stands between: `: `, `=`, ` is `; nothing for a flag.
        value: what stands behind that, up to a blank.
        rest: what follows on the line.
    """
    if _PATH.fullmatch(bare := value.strip("\"'\\")) or (_OF_OBJECTS.fullmatch(name) and is_reference(bare)):
        return True
    if value[:1] in "\"'\\":
        return False
    if name.lower().endswith("tokens") and value.isdigit():
        return True
    if _OF_A_WAY.search(name) and _PLAIN.fullmatch(value):
        return True
    if sign.endswith((" ", "\t")) and _OTHER_PAIR.match(value):
        return True
    if "=" in sign or "%" in sign:
        return False
    word = value.lower().rstrip(".:,!")
    if word in _SAID or not sign:
        return word in _SAID
    if name == "PASS":
        return True
    if _WEAK.fullmatch(name) or (sign.strip() in ("is", "was") and _SOFT.search(name)):
        return not looks_secret(value)
    return _PLAIN.fullmatch(value) is not None and _goes_on(name, word, value, rest)


def _goes_on(name: str, word: str, value: str, rest: str) -> bool:
    """Whether a plain word begins a sentence."""
    if word in _BEGINS_FAULT:
        return _MORE_OF_A_FAULT.match(rest) is not None
    if rest.startswith(" [redacted-"):
        return True
    linked = value.endswith(":") and rest.startswith(" ")
    soft = _SOFT.search(name) is not None
    return linked or (soft and _MORE.match(rest) is not None and _PAIR_NEXT.match(rest) is None)
