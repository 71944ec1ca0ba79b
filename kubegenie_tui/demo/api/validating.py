"""Validation: the refusals that people meet, in the server's words, and the schemas of custom resources."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from kubegenie_tui.demo.api.statuses import Cause, invalid
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.objects import Object, labels_of, meta, name_of
from kubegenie_tui.demo.state.selectors import selected

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_BAD_NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with "
    "an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_FREE_NAMES = frozenset({"clusterroles", "clusterrolebindings", "roles", "rolebindings"})
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "number": (int, float)
}  # fmt: skip
_JSON_NAMES = {
    dict: "object",
    list: "array",
    str: "string",
    int: "integer",
    bool: "boolean",
    float: "number",
    type(None): "null",
}


def validate(resource: Resource, obj: Object, old: Object | None = None) -> None:
    """Check a new object, or a new version of `old`.

    Raises:
        Refusal: 422 with every cause.
    """
    causes = [*_name(resource, obj), *_KINDS.get(obj["kind"], _nothing)(obj)]
    if resource.custom:
        causes += _schema(obj, resource.structure)
    if old is not None:
        causes += _unchanged(obj, old, _IMMUTABLE.get(obj["kind"], ()))
        causes += _finalizers(obj, old)
    if causes:
        raise invalid(resource.qualified_kind, name_of(obj), *causes)


def _schema(value: Any, schema: Object, path: str = "") -> Iterator[Cause]:
    expected = schema.get("type")
    if expected in _TYPES and not (
        isinstance(value, _TYPES[expected]) and not (expected == "integer" and value is True)
    ):
        found = _JSON_NAMES[type(value)]
        yield (
            "FieldValueTypeInvalid",
            f'Invalid value: "{found}": {path} in body must be of type {expected}: "{found}"',
            path,
        )
        return
    if isinstance(value, dict):
        for key in schema.get("required") or ():
            if key not in value:
                yield "FieldValueRequired", "Required value", f"{path}.{key}".lstrip(".")
        for key, each in value.items():
            if (below := (schema.get("properties") or {}).get(key)) and (path or key not in ("metadata",)):
                yield from _schema(each, below, f"{path}.{key}".lstrip("."))
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _schema(each, schema.get("items") or {}, f"{path}[{index}]")
    if schema.get("enum") and value not in schema["enum"]:
        options = ", ".join(json.dumps(each) for each in schema["enum"])
        yield "FieldValueNotSupported", f"Unsupported value: {json.dumps(value)}: supported values: {options}", path


def _name(resource: Resource, obj: Object) -> Iterator[Cause]:
    name = name_of(obj)
    if not name and not meta(obj).get("generateName"):
        yield "FieldValueRequired", "Required value: name or generateName is required", "metadata.name"
    elif name and resource.plural not in _FREE_NAMES and not (_SUBDOMAIN.fullmatch(name) and len(name) <= 253):
        yield "FieldValueInvalid", f'Invalid value: "{name}": {_BAD_NAME}', "metadata.name"


def _nothing(obj: Object) -> Iterator[Cause]:
    yield from ()


def _selected(obj: Object) -> Iterator[Cause]:
    """A workload with a selector and a pod template."""
    spec = obj.get("spec") or {}
    template, selector = spec.get("template") or {}, spec.get("selector") or {}
    labels = labels_of(template)
    if (spec.get("replicas") or 0) < 0:
        yield (
            "FieldValueInvalid",
            f"Invalid value: {spec['replicas']}: must be greater than or equal to 0",
            "spec.replicas",
        )
    if not selector:
        yield "FieldValueRequired", "Required value", "spec.selector"
    if not selector or not selected(template, selector):
        shown = json.dumps(labels, separators=(",", ":")) if labels else "null"
        message = f"Invalid value: {shown}: `selector` does not match template `labels`"
        yield "FieldValueInvalid", message, "spec.template.metadata.labels"
    yield from _containers(template.get("spec") or {}, "spec.template.spec")


def _templated(obj: Object) -> Iterator[Cause]:
    yield from _containers((obj["spec"].get("template") or {}).get("spec") or {}, "spec.template.spec")


def _pod(obj: Object) -> Iterator[Cause]:
    yield from _containers(obj.get("spec") or {}, "spec")


def _containers(spec: Object, path: str) -> Iterator[Cause]:
    containers = spec.get("containers")
    if not containers:
        yield "FieldValueRequired", "Required value", f"{path}.containers"
    for index, container in enumerate(containers or ()):
        for field in ("name", "image"):
            if not container.get(field):
                yield "FieldValueRequired", "Required value", f"{path}.containers[{index}].{field}"


def _service(obj: Object) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if not spec.get("ports") and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        yield "FieldValueRequired", "Required value", "spec.ports"


def _definition(obj: Object) -> Iterator[Cause]:
    spec = obj["spec"]
    if name_of(obj) != f"{spec['names']['plural']}.{spec['group']}":
        message = f'Invalid value: "{name_of(obj)}": must be spec.names.plural+"."+spec.group'
        yield "FieldValueInvalid", message, "metadata.name"


def _finalizers(obj: Object, old: Object) -> Iterator[Cause]:
    before = meta(old).get("finalizers") or ()
    fresh = [each for each in meta(obj).get("finalizers") or () if each not in before]
    if fresh and meta(old).get("deletionTimestamp"):
        shown = "[]string{" + ", ".join(f'"{each}"' for each in fresh) + "}"
        why = f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}"
        yield "FieldValueForbidden", f"Forbidden: {why}", "metadata.finalizers"


def _unchanged(obj: Object, old: Object, fields: tuple[str, ...]) -> Iterator[Cause]:
    for field in fields:
        holder, _, key = field.rpartition(".")
        now, before = (obj.get(holder) or {}, old.get(holder) or {}) if holder else (obj, old)
        if now.get(key) != before.get(key):
            shown = json.dumps(now.get(key), separators=(",", ":"))
            yield "FieldValueInvalid", f"Invalid value: {shown}: field is immutable", field


_KINDS: dict[str, Callable[[Object], Iterator[Cause]]] = {
    "Deployment": _selected,
    "ReplicaSet": _selected,
    "StatefulSet": _selected,
    "DaemonSet": _selected,
    "Job": _templated,
    "Pod": _pod,
    "Service": _service,
    "CustomResourceDefinition": _definition,
}
_IMMUTABLE: dict[str, tuple[str, ...]] = {
    "Deployment": ("spec.selector",),
    "ReplicaSet": ("spec.selector",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    "DaemonSet": ("spec.selector",),
    "Job": ("spec.template", "spec.selector"),
    "Secret": ("type",),
    "PersistentVolumeClaim": ("spec.storageClassName",),
}
