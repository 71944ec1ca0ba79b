"""Names that are corrected for certain: a fault knows the one name that is near, and the field can be changed."""

from collections.abc import Iterable
from typing import Any

from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import Reference, references_of

_ROLLED_OUT = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch"})
"""Kinds whose template can be changed."""
_NAME_KEYS = {"secret": "secretName", "configMap": "name"}


def is_alone(wanted: str, near: str, names: Iterable[str], tolerance: float = 0.2) -> bool:
    """Whether no other name is near as well."""
    return bool(near) and not nearest(wanted, (each for each in names if each != near), tolerance)


def of_account(workload: Workload, near: str) -> Remedy | None:
    """Another service account for the pods."""
    return _of_template(workload, {"serviceAccountName": near})


def of_reference(workload: Workload, reference: Reference, part: str, near: str) -> Remedy | None:
    """Another name (`part` is `name`) or another key of what a container or a volume refers to."""
    if reference not in references_of(workload.pod_spec):
        return None
    where, *rest = reference.field.split("].")
    changed = _volume if where.startswith("volumes[") else _environment
    patch = changed(workload.pod_spec, where.partition("[")[2], rest, reference, {part: near})
    return _of_template(workload, patch) if patch else None


def _environment(spec: Manifest, name: str, rest: list[str], reference: Reference, new: dict[str, str]) -> Manifest:
    list_name = reference.field.partition("[")[0]
    if reference.variable and rest:
        word = rest[-1].removeprefix("valueFrom.")
        env: list[Manifest] = [{"name": reference.variable, "valueFrom": {word: new}}]
        return {list_name: [{"name": name, "env": env}]}
    container = next((each for each in mappings_at(spec, list_name) if text_at(each, "name") == name), {})
    word = rest[-1].removeprefix("envFrom.") if rest else ""
    sources = [
        {**each, word: {**each[word], **new}} if text_at(each, f"{word}.name") == reference.name else each
        for each in mappings_at(container, "envFrom")
    ]
    return {list_name: [{"name": name, "envFrom": sources}]} if word and sources else {}


def _volume(spec: Manifest, name: str, rest: list[str], reference: Reference, new: dict[str, str]) -> Manifest:
    """Nothing for projected volumes, whose sources have no names."""
    word = rest[-1] if rest else ""
    volume = next((each for each in mappings_at(spec, "volumes") if text_at(each, "name") == name), {})
    source, name_key = mapping_at(volume, word), _NAME_KEYS.get(word, "")
    if not name_key or text_at(source, name_key) != reference.name:
        return {}
    said: Manifest = {name_key: new["name"]} if "name" in new else {"items": _items(source, reference.key, new["key"])}
    return {"volumes": [{"name": name, word: said}]}


def _items(source: Manifest, key: str, near: str) -> list[Manifest]:
    return [{**each, "key": near} if text_at(each, "key") == key else each for each in mappings_at(source, "items")]


def _of_template(workload: Workload, changed: Manifest) -> Remedy | None:
    if workload.kind not in _ROLLED_OUT:
        return None
    patch: dict[str, Any] = changed
    for key in reversed(workload.spec_path.split(".")):
        patch = {key: patch}
    return Remedy("patch", workload.ref, patch=patch, is_strategic=True)


def of_backend(ref: ObjectRef, rules: list[Manifest], wrong: Manifest, near: str) -> Remedy:
    """Another service for one backend of the rules of an ingress or a route; the rules are written out whole."""
    return Remedy("patch", ref, patch={"spec": {"rules": [_renamed(rule, wrong, near) for rule in rules]}})


def _renamed(value: Any, wrong: Manifest, near: str) -> Any:
    if value is wrong:
        return {**wrong, "name": near}
    if isinstance(value, dict):
        return {key: _renamed(each, wrong, near) for key, each in value.items()}
    return [_renamed(each, wrong, near) for each in value] if isinstance(value, list) else value
