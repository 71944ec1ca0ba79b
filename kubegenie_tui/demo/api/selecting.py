"""Label and field selectors: parsed once a request, asked for each object."""

import re
from collections.abc import Callable, Mapping

from kubegenie_tui.demo.api.statuses import bad_request
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.collection import Stored
from kubegenie_tui.demo.state.objects import Object

Test = Callable[[Stored], bool]

_SET = re.compile(r"^(?P<key>\S+)\s+(?P<op>in|notin)\s*\((?P<values>[^)]*)\)$")
_EQUALS = re.compile(r"^(?P<key>[^=!\s]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^=!]*)$")
_BARE = re.compile(r"^(?P<no>!?)\s*(?P<key>[A-Za-z0-9][\w./-]*)$")
_OUTSIDE_PARENTHESES = re.compile(r",(?![^(]*\))")

COMMON_FIELDS = ("metadata.name", "metadata.namespace")
FIELDS: dict[str, tuple[str, ...]] = {
    "pods": (
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
    ),
    "events": (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent",
        "source", "type",
    ),
    "secrets": ("type",),
    "namespaces": ("status.phase",),
    "nodes": ("spec.unschedulable",),
    "replicasets.apps": ("status.replicas",),
    "jobs.batch": ("status.successful",),
    "certificatesigningrequests.certificates.k8s.io": ("spec.signerName",),
}  # fmt: skip


def selector(resource: Resource, query: Mapping[str, str]) -> Test | None:
    """The test of a request's selectors; None when it has none.

    Raises:
        Refusal: a selector that cannot be read or a field that this kind cannot be selected by.
    """
    labels = query.get("labelSelector", "").strip()
    fields = query.get("fieldSelector", "").strip()
    tests = [_label_test(part.strip()) for part in _OUTSIDE_PARENTHESES.split(labels)] if labels else []
    tests += [_field_test(resource, part.strip()) for part in fields.split(",")] if fields else []
    return (lambda stored: all(test(stored) for test in tests)) if tests else None


def _label_test(text: str) -> Test:
    if found := _SET.match(text):
        values = {value.strip() for value in found["values"].split(",")}
        key, wanted = found["key"], found["op"] == "in"
        return lambda stored: (stored.labels.get(key) in values) is wanted
    if found := _EQUALS.match(text):
        key, value, equal = found["key"], found["value"].strip(), found["op"] != "!="
        return lambda stored: (stored.labels.get(key) == value) is equal
    if found := _BARE.match(text):
        key, present = found["key"], not found["no"]
        return lambda stored: (key in stored.labels) is present
    raise bad_request(f"unable to parse requirement: found '{text[-1:]}', expected: identifier")


def _field_test(resource: Resource, text: str) -> Test:
    found = _EQUALS.match(text)
    if found is None:
        raise bad_request(f"invalid selector: '{text}'; can't understand '{text}'")
    path, value, equal = found["key"], found["value"], found["op"] != "!="
    allowed = COMMON_FIELDS[: 1 + resource.namespaced] + FIELDS.get(resource.id, ())
    if path not in allowed and resource.id in FIELDS:
        raise bad_request(f"field label not supported: {path}")
    if path not in allowed:
        known = ", ".join(f'"{field}"' for field in allowed)
        raise bad_request(f'"{path}" is not a known field selector: only {known}')
    if path in COMMON_FIELDS:
        index = 1 if path == "metadata.name" else 0
        return lambda stored: (stored.key[index] == value) is equal
    return lambda stored: (_field(stored.object, path) == value) is equal


def _field(obj: Object, path: str) -> str:
    if path == "source":
        return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent") or "")
    if path == "status.successful":
        return str((obj.get("status") or {}).get("succeeded", 0))
    value: object = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
