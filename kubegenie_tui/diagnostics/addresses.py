"""Addresses that are corrected for certain: the one service that is near, or the one port that a service has."""

import re
import shlex

from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.conversation import MASKED
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef

_WITH_VARIABLES = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps"})
_VARIABLE = re.compile(r"\.containers\[(?P<container>[^\]]+)\]\.env\[(?P<name>[^\]]+)\]\.value$")
_KEY = "data."
_CLOSED = re.compile(r"(?:https|wss|rediss|amqps|ldaps)://\S*$", re.IGNORECASE)
"""Ends before an address that is spoken to in TLS, which another port need not understand."""


def of_host(
    snapshot: Snapshot, workload: Workload, ref: ObjectRef, field: str, names: tuple[str, str]
) -> Remedy | None:
    """The name of a service in place of one that is not there, where a field tells it once.

    Args:
        snapshot: of the cluster.
        workload: whose container is told the address.
        ref: the workload, or the ConfigMap that it reads.
        field: the variable, or the key of the ConfigMap.
        names: the one that is not there, and the one that is.
    """
    wrong, right = names
    return _corrected(snapshot, workload, ref, field, (rf"(?<![\w.-]){re.escape(wrong)}(?![\w-])", right))


def of_port(
    snapshot: Snapshot, workload: Workload, ref: ObjectRef, field: str, call: tuple[str, int], ports: list[int]
) -> Remedy | None:
    """The one port of a service in place of one that it has not, where a field tells host and port (`call`) once."""
    host, port = call
    value = _value(snapshot, workload, ref, field)
    before = value.partition(f"{host}:{port}")[0]
    if len(ports) != 1 or _CLOSED.search(before) or not host:
        return None
    wrong = rf"(?<![\w.-]){re.escape(host)}:{port}(?!\d)"
    return _corrected(snapshot, workload, ref, field, (wrong, f"{host}:{ports[0]}"))


def _corrected(
    snapshot: Snapshot, workload: Workload, ref: ObjectRef, field: str, change: tuple[str, str]
) -> Remedy | None:
    wrong, right = change
    value = _value(snapshot, workload, ref, field)
    if len(re.findall(wrong, value)) != 1 or MASKED in value:
        return None
    new = re.sub(wrong, right, value)
    if ref != workload.ref:
        return Remedy("patch", ref, patch={"data": {field.removeprefix(_KEY): new}})
    variable = _VARIABLE.search(field)
    assert variable is not None, "it has a value"
    others = [text_at(each, "value") for each in _variables(workload, variable["container"])]
    if sum(bool(re.search(wrong, each)) for each in others) != 1:
        return None
    words = [f"{variable['name']}={new}", f"container={variable['container']}"]
    return Remedy("env", workload.ref, {"pairs": shlex.join(words)})


def _value(snapshot: Snapshot, workload: Workload, ref: ObjectRef, field: str) -> str:
    """What a field says that can be changed; empty for one that cannot."""
    if ref.kind == "configmaps" and field.startswith(_KEY):
        config = snapshot.get(ref.kind, ref.namespace, ref.name) or {}
        value = mapping_at(config, "data").get(field.removeprefix(_KEY))
        return value if isinstance(value, str) and value_at(config, "immutable") is not True else ""
    variable = _VARIABLE.search(field) if ref == workload.ref and workload.kind in _WITH_VARIABLES else None
    if variable is None:
        return ""
    named = [each for each in _variables(workload, variable["container"]) if text_at(each, "name") == variable["name"]]
    return text_at(named[0], "value") if len(named) == 1 else ""


def _variables(workload: Workload, container: str) -> list[Manifest]:
    found = (each for each in mappings_at(workload.pod_spec, "containers") if text_at(each, "name") == container)
    return mappings_at(next(found, {}), "env")
