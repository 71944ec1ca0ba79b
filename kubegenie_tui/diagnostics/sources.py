"""Where what a program complains of comes from: the ConfigMap or Secret behind a file or a variable that it names."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.references import keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import Reference, references_of

_PATH = re.compile(r"/[\w.-]+(?:/[\w.-]+)*")
_WORD = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_CREDENTIAL = re.compile(r"PASS|PWD|TOKEN|KEY|SECRET|CRED|AUTH|DSN|UR[IL]", re.IGNORECASE)
_PLACE = re.compile(r"HOST|ADDR|SERVER|ENDPOINT|DSN|UR[IL]|CONN|BROKER", re.IGNORECASE)
_KINDS = {"configMap": ("configmaps", "name"), "secret": ("secrets", "secretName")}


class Source(msgspec.Struct, frozen=True):
    """One key of a ConfigMap or Secret, or a variable of a workload."""

    ref: ObjectRef
    field: str
    is_there: bool = True
    """Whether the object is known to have such a key; one that cannot be read is not."""


def of_complaint(snapshot: Snapshot, workload: Workload, container: Container, line: str) -> Source | None:
    """Where the file or the variable that a log line names was written."""
    return of_file(snapshot, container, line) or _of_variable(snapshot, workload, container, line)


def of_file(snapshot: Snapshot, container: Container, line: str) -> Source | None:
    """The key that is mounted, or would be mounted, as the file that a line names."""
    for path in _PATH.findall(line):
        for mount in mappings_at(container.spec, "volumeMounts"):
            top = text_at(mount, "mountPath").rstrip("/")
            if top and (path == top or path.startswith(f"{top}/")):
                below = text_at(mount, "subPath") or path.removeprefix(f"{top}/").rstrip(".:")
                found = list(_in_volume(snapshot, container.pod, text_at(mount, "name"), below))
                if found:
                    return next((each for each in found if each.is_there), found[0])
    return None


def of_file_in(snapshot: Snapshot, container: Container, lines: Sequence[str]) -> Source | None:
    """The key that is mounted as a file which the last of these lines names that names any."""
    found = (of_file(snapshot, container, line) for line in reversed(lines))
    return next((each for each in found if each is not None and each.is_there), None)


def single_files(container: Container) -> Iterator[Reference]:
    """The keys that are mounted as single files, by `subPath`."""
    volumes = {text_at(volume, "name"): volume for volume in mappings_at(container.pod, "spec.volumes")}
    for number, mount in enumerate(mappings_at(container.spec, "volumeMounts")):
        volume, below = volumes.get(text_at(mount, "name"), {}), text_at(mount, "subPath")
        for word, (kind, named) in _KINDS.items():
            source = mapping_at(volume, word)
            if source and below and "/" not in below and source.get("optional") is not True:
                field = f"{container.list_name}[{container.name}].volumeMounts[{number}].subPath"
                key = _key(source, below)
                if not mappings_at(source, "items") or key != below:
                    yield Reference(kind, text_at(source, named), field, key)


def of_login(snapshot: Snapshot, container: Container) -> Source | None:
    """The one Secret that the container's credentials come from."""
    namespace = ref_of("pods", container.pod).namespace
    given = [r for r in _of_secrets(snapshot, container) if _CREDENTIAL.search(r.variable or r.name)]
    if len({reference.name for reference in given}) != 1:
        return None
    first = min(given, key=lambda each: "PASS" not in each.variable.upper())
    ref = ObjectRef("secrets", first.name, namespace)
    is_gone = snapshot.is_missing(ref.kind, namespace, ref.name)
    return None if is_gone else Source(ref, f"data[{first.key}]" if first.key else "data")


def of_address(snapshot: Snapshot, container: Container) -> Source | None:
    """The one key of a Secret that tells the container where another program is, by its name."""
    found = {(r.name, r.key): r for r in _of_secrets(snapshot, container) if _PLACE.search(r.variable)}
    if len(found) != 1:
        return None
    [only] = found.values()
    return Source(ObjectRef("secrets", only.name, ref_of("pods", container.pod).namespace), f"data[{only.key}]")


def _of_secrets(snapshot: Snapshot, container: Container) -> Iterator[Reference]:
    """What variables get from Secrets; of a whole Secret, each of its keys."""
    for reference in _references(container):
        secret = snapshot.get("secrets", ref_of("pods", container.pod).namespace, reference.name)
        if reference.kind != "secrets":
            continue
        if reference.key or not reference.field.endswith("envFrom.secretRef") or secret is None:
            yield reference
        for key in keys_of(secret) if secret is not None and not reference.key else ():
            yield msgspec.structs.replace(reference, key=key, variable=reference.variable_of(key))


def plain_values(snapshot: Snapshot, container: Container) -> dict[str, str]:
    """The container's variables that are no secret."""
    namespace, values = ref_of("pods", container.pod).namespace, dict[str, str]()
    for reference in _references(container):
        if reference.kind == "configmaps":
            data = mapping_at(snapshot.get("configmaps", namespace, reference.name), "data")
            kept = {reference.key: data.get(reference.key)} if reference.key else data
            values |= {reference.variable_of(key): str(value) for key, value in kept.items() if value is not None}
    return values | {
        text_at(v, "name"): text_at(v, "value") for v in mappings_at(container.spec, "env") if "value" in v
    }


def _in_volume(snapshot: Snapshot, pod: Manifest, name: str, below: str) -> Iterator[Source]:
    namespace = ref_of("pods", pod).namespace
    for volume in mappings_at(pod, "spec.volumes"):
        if text_at(volume, "name") == name:
            for part in (volume, *mappings_at(volume, "projected.sources")):
                for word, (kind, named) in _KINDS.items():
                    source = mapping_at(part, word)
                    ref = ObjectRef(kind, text_at(source, named) or text_at(source, "name"), namespace)
                    if source and not snapshot.is_missing(ref.kind, ref.namespace, ref.name):
                        key, target = _key(source, below), snapshot.get(ref.kind, ref.namespace, ref.name)
                        yield Source(ref, f"data[{key}]", target is not None and key in keys_of(target))


def _key(source: Manifest, below: str) -> str:
    items = {text_at(item, "path"): text_at(item, "key") for item in mappings_at(source, "items")}
    return items.get(below, below)


def _of_variable(snapshot: Snapshot, workload: Workload, container: Container, line: str) -> Source | None:
    namespace, words = ref_of("pods", container.pod).namespace, set(_WORD.findall(line))
    for variable in mappings_at(container.spec, "env"):
        if (name := text_at(variable, "name")) in words and "value" in variable:
            return Source(workload.ref, container_field(workload, container, f"env[{name}].value"))
    for reference in _references(container):
        target = snapshot.get(reference.kind, namespace, reference.name)
        is_gone = snapshot.is_missing(reference.kind, namespace, reference.name)
        unread = [reference.key] if reference.key and not is_gone else []
        for key in keys_of(target) if target is not None else unread:
            if reference.key in ("", key) and reference.variable_of(key) in words:
                return Source(ObjectRef(reference.kind, reference.name, namespace), f"data[{key}]")
    return None


def _references(container: Container) -> list[Reference]:
    return [r for r in references_of(mapping_at(container.pod, "spec")) if r.container == container.name]
