"""Credentials in Kubernetes objects, found by where they stand."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

from kubegenie_tui.domain.credential_names import is_credential_name, is_open_value

LEFT_OUT = "[left out]"
_COPIES = ("last-applied-configuration", "last-applied")
_REFERENCES = frozenset({"secretKeyRef", "configMapKeyRef", "secretRef", "configMapRef", "serviceAccountToken"})

Change = Callable[[str], str]


def mask_object(manifest: Mapping[str, Any], mask: Change, text: Change) -> Any:
    """A copy without credentials: `mask` makes placeholders, `text` masks free text."""
    kind = str(manifest.get("kind", ""))
    if kind.endswith("List") and isinstance(manifest.get("items"), list):
        single = kind.removesuffix("List")
        items = [mask_object({"kind": single, **item}, mask, text) for item in manifest["items"]]
        return {**manifest, "items": items}
    masked = {key: _masked(key, value, mask, text) for key, value in manifest.items()}
    masked |= _hidden_data(manifest, mask)
    if kind == "ConfigMap" and isinstance(manifest.get("binaryData"), Mapping):
        masked["binaryData"] = dict.fromkeys(manifest["binaryData"], LEFT_OUT)
    return masked


def _hidden_data(manifest: Mapping[str, Any], mask: Change) -> dict[str, Any]:
    """What a Secret holds, masked; nothing of what is no Secret."""
    if manifest.get("kind") != "Secret":
        return {}
    held = ((field, manifest.get(field), read) for field, read in (("data", decoded), ("stringData", str)))
    return {
        field: {key: mask(read(str(value))) for key, value in values.items()}
        for field, values, read in held
        if isinstance(values, Mapping)
    }


def _masked(key: str, value: Any, mask: Change, text: Change) -> Any:
    if isinstance(value, str):
        if any(key.endswith(copy) for copy in _COPIES):
            return LEFT_OUT
        hidden = is_credential_name(key) and not is_open_value(value) and not value.startswith("[redacted-")
        return mask(value) if hidden else text(value)
    if isinstance(value, Mapping):
        if key in _REFERENCES:
            return dict(value)
        return _masked_mapping(value, mask, text)
    if isinstance(value, list):
        return _masked_list(value, mask, text)
    return value


def _masked_command(value: Mapping[str, Any], text: Change) -> dict[str, Any]:
    """A container or a probe whose words are looked at as the one command that they are."""
    told = {key: value[key] for key in ("command", "args") if isinstance(value.get(key), list)}
    words = [word for part in told.values() for word in part]
    if len(words) < 2 or not all(isinstance(word, str) for word in words):
        return dict(value)
    try:
        masked = json.loads(text(json.dumps(words, ensure_ascii=False)))
    except ValueError:  # then each word is looked at alone
        return dict(value)
    if [type(word) for word in masked] != [str] * len(words):
        return dict(value)
    left = iter(masked)
    return {**value, **{key: [next(left) for _ in part] for key, part in told.items()}}


def _masked_mapping(value: Mapping[str, Any], mask: Change, text: Change) -> dict[str, Any]:
    value = _masked_command(value, text)
    masked = {key: _masked(key, inner, mask, text) for key, inner in value.items()}
    name, held = value.get("name"), value.get("value")
    if isinstance(name, str) and isinstance(held, str) and is_credential_name(name) and not is_open_value(held):
        masked["value"] = mask(held)
    return masked | _hidden_data(value, mask)


def _masked_list(values: list[Any], mask: Change, text: Change) -> list[Any]:
    """A list; in a command line, the word after `--token` is a credential."""
    masked: list[Any] = []
    after_flag = False
    for value in values:
        if after_flag and isinstance(value, str) and not value.startswith("-"):
            masked.append(mask(value))
        else:
            masked.append(_masked("", value, mask, text))
        flag = isinstance(value, str) and value.startswith("-") and "=" not in value
        after_flag = flag and is_credential_name(value)
    return masked


def decoded(value: str) -> str:
    """What base64 text of a Secret says; the text itself when it is no base64."""
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return value
