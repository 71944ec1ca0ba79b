"""Names that are corrected for certain: a fault knows the one name that is near, and the field can be changed."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.domain.conversation import MASKED
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import is_slip, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import Reference, references_of

_ROLLED_OUT = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch"})
"""Kinds whose template can be changed."""
_HANDLERS = ("httpGet", "tcpSocket", "grpc")
_CLAIM = "persistentVolumeClaim.claimName"
_NAME_KEYS = {"secret": "secretName", "configMap": "name"}


def is_alone(wanted: str, near: str, names: Iterable[str], tolerance: float = 0.2) -> bool:
    """Whether it is a slip for certain, and no other name is near as well."""
    return is_slip(wanted, near, tolerance) and not nearest(wanted, (each for each in names if each != near), tolerance)


def of_account(workload: Workload, near: str) -> Remedy | None:
    """Another service account for the pods."""
    return of_template(workload, {"serviceAccountName": near})


def of_reference(workload: Workload, reference: Reference, part: str, near: str) -> Remedy | None:
    """Another name (`part` is `name`) or another key of what a container or a volume refers to."""
    if reference not in references_of(workload.pod_spec):
        return None
    where, *rest = reference.field.split("].")
    changed = _volume if where.startswith("volumes[") else _environment
    patch = changed(workload.pod_spec, where.partition("[")[2], rest, reference, {part: near})
    return of_template(workload, patch) if patch else None


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


def of_variable(workload: Workload, container: Container, wrong: str, right: str) -> Remedy | None:
    """Another name for a variable of a container; whatever it takes its value from stays."""
    written = _container(workload, container)
    variables = [each for each in mappings_at(written, "env") if text_at(each, "name") == wrong]
    if len(variables) != 1 or MASKED in text_at(variables[0], "value"):
        return None
    env: list[Manifest] = [{**variables[0], "name": right}, {"name": wrong, "$patch": "delete"}]
    return of_template(workload, {container.list_name: [{"name": container.name, "env": env}]})


def of_prefix(workload: Workload, container: Container, source: Reference, prefix: str) -> Remedy | None:
    """Another prefix for the variables of a whole ConfigMap or Secret; the list is written out whole."""
    sources = mappings_at(_container(workload, container), "envFrom")
    if len(sources) <= source.place or text_at(sources[source.place], "prefix") != source.prefix:
        return None
    sources = [{**each, "prefix": prefix} if n == source.place else each for n, each in enumerate(sources)]
    return of_template(workload, {container.list_name: [{"name": container.name, "envFrom": sources}]})


def _container(workload: Workload, container: Container) -> Manifest:
    """A container as the template of its workload has it."""
    written = mappings_at(workload.pod_spec, container.list_name)
    return next((each for each in written if text_at(each, "name") == container.name), {})


def of_template(workload: Workload, changed: Manifest) -> Remedy | None:
    """Another pod spec: what is merged into it, lists by the names in them."""
    if workload.kind not in _ROLLED_OUT:
        return None
    patch: dict[str, Any] = changed
    for key in reversed(workload.spec_path.split(".")):
        patch = {key: patch}
    return Remedy("patch", workload.ref, patch=patch, is_strategic=True)


def of_probe(workload: Workload, list_name: str, name: str, probe: str, port: int) -> Remedy | None:
    """Another port for the probe of a container, which the template has as its pods do."""
    written = next((each for each in mappings_at(workload.pod_spec, list_name) if text_at(each, "name") == name), {})
    handler = next((each for each in _HANDLERS if mapping_at(written, f"{probe}.{each}")), "")
    changed: Manifest = {list_name: [{"name": name, probe: {handler: {"port": port}}}]}
    return of_template(workload, changed) if handler else None


def of_claim(workload: Workload, name: str, near: str) -> Remedy | None:
    """Another claim for the one volume that names it."""
    named = [each for each in mappings_at(workload.pod_spec, "volumes") if text_at(each, _CLAIM) == name]
    if len(named) != 1:
        return None
    changed: Manifest = {"name": text_at(named[0], "name"), "persistentVolumeClaim": {"claimName": near}}
    return of_template(workload, {"volumes": [changed]})


def of_pull_secret(workload: Workload, name: str, near: str) -> Remedy | None:
    """Another pull secret; the list is written out whole."""
    secrets = mappings_at(workload.pod_spec, "imagePullSecrets")
    changed = [{**each, "name": near} if text_at(each, "name") == name else each for each in secrets]
    found = of_template(workload, {"imagePullSecrets": changed}) if changed != secrets else None
    return msgspec.structs.replace(found, is_strategic=False) if found else None


def of_label(ref: ObjectRef, path: str, key: str, value: str) -> Remedy:
    """Another label that the selector at a path wants."""
    return _at(ref, path, {"matchLabels": {key: value}})


def of_backend(ref: ObjectRef, rules: list[Manifest], wrong: Manifest, near: str) -> Remedy:
    """Another service for one backend of the rules of an ingress or a route; the rules are written out whole."""
    return of_list(ref, "spec.rules", rules, wrong, {"name": near})


def of_list(ref: ObjectRef, path: str, items: list[Manifest], wrong: Manifest, new: Manifest) -> Remedy:
    """Other fields for one mapping anywhere in a list, which is written out whole."""
    return _at(ref, path, [_changed(each, wrong, new) for each in items])


def of_mapping(ref: ObjectRef, manifest: Manifest, wrong: Manifest, new: Manifest) -> Remedy | None:
    """Other fields for one mapping anywhere in an object; lists on the way to it are written out whole."""
    patch = _down_to(manifest, wrong, new)
    return Remedy("patch", ref, patch=patch) if patch else None


def _down_to(value: Manifest, wrong: Manifest, new: Manifest) -> Manifest:
    if value is wrong:
        return new
    for key, each in value.items():
        if isinstance(each, list) and (changed := _changed(each, wrong, new)) != each:
            return {key: changed}
        if isinstance(each, dict) and (patch := _down_to(each, wrong, new)):
            return {key: patch}
    return {}


def of_text(ref: ObjectRef, manifest: Manifest, wrong: str, right: str) -> Remedy | None:
    """Another text in the one place of a spec that says it."""
    holders = list(_holders(mapping_at(manifest, "spec"), wrong))
    if len(holders) != 1:
        return None
    [(holder, key)] = holders
    held = holder[key]
    new = [right if each == wrong else each for each in held] if isinstance(held, list) else right
    return of_mapping(ref, manifest, holder, {key: new})


def _holders(spec: Manifest, wrong: str) -> Iterator[tuple[Manifest, str]]:
    for key, value in spec.items():
        many = value if isinstance(value, list) else [value]
        if wrong in [each for each in many if isinstance(each, str)]:
            yield spec, key
        for each in many:
            if isinstance(each, dict):
                yield from _holders(each, wrong)


def _at(ref: ObjectRef, path: str, value: Any) -> Remedy:
    for key in reversed(path.split(".")):
        value = {key: value}
    return Remedy("patch", ref, patch=value)


def _changed(value: Any, wrong: Manifest, new: Manifest) -> Any:
    if value is wrong:
        return {**wrong, **new}
    if isinstance(value, dict):
        return {key: _changed(each, wrong, new) for key, each in value.items()}
    return [_changed(each, wrong, new) for each in value] if isinstance(value, list) else value
