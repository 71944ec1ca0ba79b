r"""The few protobuf bodies that kubectl insists on: reviews, evictions, delete options, and what `create` makes.

Source: generated.proto of k8s.io/api and k8s.io/apimachinery; an object travels in a `runtime.Unknown` behind `k8s\\0`.
"""

import base64
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.demo.state.objects import Object

MAGIC = b"k8s\x00"
CONTENT_TYPE = "application/vnd.kubernetes.protobuf"

Message = dict[int, tuple[str, Any]]
"""Fields by number: the JSON name (`[]` for a list, `{}` for a map), and `text`, `number`, `bytes` or a message."""

_META: Message = {
    1: ("name", "text"),
    2: ("generateName", "text"),
    3: ("namespace", "text"),
    11: ("labels{}", "text"),
    12: ("annotations{}", "text"),
}
_DELETE: Message = {
    1: ("gracePeriodSeconds", "number"),
    2: ("preconditions", {1: ("uid", "text"), 2: ("resourceVersion", "text")}),
    4: ("propagationPolicy", "text"),
    5: ("dryRun[]", "text"),
}
_RESOURCE: Message = {
    number: (name, "text")
    for number, name in enumerate(("namespace", "verb", "group", "version", "resource", "subresource", "name"), 1)
}
_ACCESS: Message = {
    1: ("resourceAttributes", _RESOURCE),
    2: ("nonResourceAttributes", {1: ("path", "text"), 2: ("verb", "text")}),
}
_PORT: Message = {1: ("name", "text"), 3: ("containerPort", "number"), 4: ("protocol", "text")}
_CONTAINER: Message = {
    1: ("name", "text"),
    2: ("image", "text"),
    3: ("command[]", "text"),
    4: ("args[]", "text"),
    6: ("ports[]", _PORT),
}
_POD: Message = {2: ("containers[]", _CONTAINER), 3: ("restartPolicy", "text")}
_TEMPLATE: Message = {1: ("metadata", _META), 2: ("spec", _POD)}
_DEPLOYMENT: Message = {
    1: ("replicas", "number"),
    2: ("selector", {1: ("matchLabels{}", "text")}),
    3: ("template", _TEMPLATE),
}
_KINDS: dict[str, Message] = {
    "Namespace": {1: ("metadata", _META)},
    "ServiceAccount": {1: ("metadata", _META)},
    "ConfigMap": {1: ("metadata", _META), 2: ("data{}", "text")},
    "Secret": {1: ("metadata", _META), 2: ("data{}", "bytes"), 3: ("type", "text"), 4: ("stringData{}", "text")},
    "Deployment": {1: ("metadata", _META), 2: ("spec", _DEPLOYMENT)},
    "Job": {1: ("metadata", _META), 2: ("spec", {6: ("template", _TEMPLATE)})},
    "DeleteOptions": _DELETE,
    "Eviction": {1: ("metadata", _META), 2: ("deleteOptions", _DELETE)},
    "SelfSubjectAccessReview": {1: ("metadata", _META), 2: ("spec", _ACCESS)},
    "SelfSubjectRulesReview": {1: ("metadata", _META), 2: ("spec", {1: ("namespace", "text")})},
    "SelfSubjectReview": {1: ("metadata", _META)},
}
_ENVELOPE: Message = {1: ("typeMeta", {1: ("apiVersion", "text"), 2: ("kind", "text")}), 2: ("raw", "message")}


def decode(body: bytes) -> Object:
    """One object.

    Raises:
        ValueError: it is damaged, or of a kind that is not known here.
    """
    if not body.startswith(MAGIC):
        raise ValueError("provided data does not appear to be a protobuf message")
    envelope = _read(body[len(MAGIC) :], _ENVELOPE)
    kind = envelope["typeMeta"]["kind"]
    if kind not in _KINDS:
        raise ValueError(f"{kind} cannot be sent as protobuf to this server")
    return {**envelope["typeMeta"], **_read(envelope.get("raw", b""), _KINDS[kind])}


def _read(data: bytes, message: Message) -> Object:
    found: Object = {}
    for number, value in _fields(data):
        if number not in message:
            continue
        name, kind = message[number]
        if name.endswith("[]"):
            found.setdefault(name[:-2], []).append(_value(value, kind))
        elif name.endswith("{}"):
            entry = _read(value, {1: ("key", "text"), 2: ("value", kind)})
            found.setdefault(name[:-2], {})[entry["key"]] = entry.get("value", "")
        else:
            found[name] = _value(value, kind)
    return found


def _value(value: Any, kind: Any) -> Any:
    if isinstance(kind, dict):
        return _read(value, kind)
    if kind == "bytes":
        return base64.b64encode(value).decode()
    return value.decode() if kind == "text" else value


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
        elif key & 7 == 2:
            size, at = _varint(data, at)
            yield key >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError(f"unexpected protobuf wire type {key & 7}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        if at >= len(data):
            raise ValueError("protobuf message ends early")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
