"""Manifests as YAML text, written as kubectl writes it and line by line, so that a big one can be made in slices.

Our own writer, because the text must be safe to show (nothing unprintable survives unescaped), must keep the order
of the API, must hide secret values, and takes half the time of the C dumper.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.domain.manifest import Manifest, mapping_at

MAX_DEPTH = 60
"""Deeper than any Kubernetes type nests; what is below is written in flow style on one line."""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_PLAIN_START = re.compile(r"[A-Za-z0-9_/.$(+<•]|-(?=[^\s-])|-(?=-[^-\s])")
_BREAKS_PLAIN = (": ", " #")
_LONGEST_RESOLVED = 64
_RESOLVES = re.compile(
    r"""(?ix) (?: ~ | null | true | false | yes | no | on | off | y | n
    | [-+]? (?: [0-9] [0-9_,]* )? \.? [0-9_]* (?: e [-+]? [0-9]+ )?
    | [-+]? 0 [xbo] [0-9a-f_]+ | [-+]? \. (?: inf | nan )
    | [-+]? [0-9] [0-9_]* (?: : [0-5]? [0-9] )+ (?: \. [0-9_]* )?
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} (?: [t\ ] .* )? ) \Z"""
)
"""Text that a YAML 1.1 reader would take for something else than text. Source: yaml.org/type."""
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ud800-\udfff\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_SPACES = " \t\n"
_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


def shown_manifest(manifest: Manifest, *, managed_fields: bool = False) -> Manifest:
    """What may be shown of an object: secret values replaced by their size, managedFields only when wanted.

    The object itself is not touched.
    """
    shown = dict(manifest)
    metadata = mapping_at(manifest, "metadata")
    if metadata:
        shown["metadata"] = {key: value for key, value in metadata.items() if managed_fields or key != "managedFields"}
    return _without_secrets(shown) if manifest.get("kind") == "Secret" else shown


def hidden(value: Any) -> str:
    """What stands for one value of a Secret's `data`: its size after decoding, never a byte of it."""
    text = value if isinstance(value, str) else ""
    return f"••• {len(text.rstrip('=')) * 3 // 4} bytes"


def yaml_lines(manifest: Any) -> Iterator[str]:
    """The lines of a manifest, without line ends. Reading the lines back as YAML gives the same value."""
    yield from _lines(manifest, "", 0)


def _without_secrets(secret: Manifest) -> Manifest:
    for key, hide in (("data", hidden), ("stringData", _hidden_text)):
        values = secret.get(key)
        if isinstance(values, dict):
            secret[key] = {name: hide(value) for name, value in values.items()}
    annotations = mapping_at(secret, "metadata.annotations")
    if LAST_APPLIED in annotations:
        secret["metadata"]["annotations"] = annotations | {LAST_APPLIED: _hidden_text(annotations[LAST_APPLIED])}
    return secret


def _hidden_text(value: Any) -> str:
    return f"••• {len(str(value).encode(errors='replace'))} bytes"


def _lines(value: Any, indent: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _entry(f"{indent}{_inline(str(key))}:", item, indent, depth)
    elif isinstance(value, list) and value:
        for item in value:
            yield from _item(item, indent, depth)
    else:
        yield indent + _scalar(value)


def _entry(head: str, item: Any, indent: str, depth: int) -> Iterator[str]:
    if not isinstance(item, dict | list) or not item:
        yield from _leaf(head, item, indent + "  ")
    elif depth >= MAX_DEPTH:
        yield f"{head} {_flow(item)}"
    else:
        yield head
        yield from _lines(item, indent if isinstance(item, list) else indent + "  ", depth + 1)


def _item(item: Any, indent: str, depth: int) -> Iterator[str]:
    if not isinstance(item, dict | list) or not item:
        yield from _leaf(f"{indent}-", item, indent + "  ")
    elif depth >= MAX_DEPTH:
        yield f"{indent}- {_flow(item)}"
    else:
        inner = _lines(item, indent + "  ", depth + 1)
        yield f"{indent}- {next(inner)[len(indent) + 2 :]}"
        yield from inner


def _leaf(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value and _fits_a_block(value):
        yield from _block(head, value, indent)
    else:
        yield f"{head} {_scalar(value)}"


def _fits_a_block(text: str) -> bool:
    body = text.replace("\n", "").replace("\t", "")
    return body != "" and _is_safe(body)


def _block(head: str, text: str, indent: str) -> Iterator[str]:
    body = text[:-1] if text.endswith("\n") else text
    chomp = "-" if body is text else "+" if body.endswith("\n") else ""
    indicator = "2" if text[0] in _SPACES else ""
    yield f"{head} |{indicator}{chomp}"
    for line in body.split("\n"):
        yield indent + line if line else ""


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _inline(value)
    if isinstance(value, float):
        return _float(value)
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    return "{}" if isinstance(value, dict) else "[]"


def _float(value: float) -> str:
    """YAML 1.1 reads an exponent as one only after a decimal point."""
    mantissa, exponent, power = repr(value).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{power}" if exponent else mantissa


def _inline(text: str) -> str:
    return text if _reads_as_text(text) and _is_safe(text) else _quoted(text)


def _reads_as_text(text: str) -> bool:
    if not _PLAIN_START.match(text) or text[-1] in ": " or any(mark in text for mark in _BREAKS_PLAIN):
        return False
    return len(text) > _LONGEST_RESOLVED or not (_RESOLVES.match(text) or text.startswith(("...", "<<")))


def _is_safe(text: str) -> bool:
    return text.isprintable() or _UNPRINTABLE.search(text) is None


def _quoted(text: str) -> str:
    return '"' + _UNPRINTABLE.sub(_escape, text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _flow(value: Any) -> str:
    try:
        return _UNPRINTABLE.sub(_escape, json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return '"too deep to show"'
