"""Files of a ConfigMap that are not what their names say: `config.json` with a comma too many.

A program that crashes on one often names neither the file nor the ConfigMap, so each that it mounts is read here.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

_COMPLAINT = re.compile(
    r"json|yaml|toml|\bpars(?:e|ing|er)\b|unmarshal|\bdecod|syntax|malformed|unexpected (?:token|end|character|key)"
    r"|invalid (?:character|config)|mapping values",
    re.IGNORECASE,
)
"""What a program says that cannot read one."""
_LARGEST = 65_536
"""Characters; more takes long to read."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """The one mounted file that cannot be read, where the program complains of such a thing."""
    if not any(_COMPLAINT.search(line) for line in lines):
        return None
    broken = [(config, key, why) for config, key in _mounted(snapshot, container) if (why := _fault(config, key))]
    if len(broken) != 1:
        return None
    [(config, key, why)] = broken
    ref = ref_of("configmaps", config)
    return container_finding(
        snapshot, workload, container,
        rule="config-file-broken",
        title=f"container {container.name} crashes: {key} of ConfigMap {ref.name} cannot be read",
        cause=why,
        root=ref,
        field=f"data[{key}]",
        evidence=[*evidence, fact("configmaps", config, f"data[{key}]", why)],
        confidence=0.95,
        next_steps=[f"correct {key} of ConfigMap {ref.name}, then restart {workload.ref.name}"],
    )  # fmt: skip


def _mounted(snapshot: Snapshot, container: Container) -> Iterator[tuple[Manifest, str]]:
    """Each ConfigMap that the container mounts, with each key of it that is a file there."""
    volumes = {text_at(volume, "name"): volume for volume in mappings_at(container.pod, "spec.volumes")}
    for mount in mappings_at(container.spec, "volumeMounts"):
        volume = volumes.get(text_at(mount, "name"), {})
        for part in (volume, *mappings_at(volume, "projected.sources")):
            source = mapping_at(part, "configMap")
            config = snapshot.get("configmaps", ref_of("pods", container.pod).namespace, text_at(source, "name"))
            paths = {text_at(each, "key"): text_at(each, "path") for each in mappings_at(source, "items")}
            for key in mapping_at(config, "data"):
                path = paths.get(key, "" if paths else key)
                if config is not None and path and text_at(mount, "subPath") in ("", path):
                    yield config, key


def _fault(config: Manifest, key: str) -> str:
    """Why a file is not of the form that its name says; empty where it is, or where that is not known."""
    form = key.rpartition(".")[2].lower()
    text = str(mapping_at(config, "data").get(key))
    if form not in _READERS or len(text) > _LARGEST:
        return ""
    try:
        _READERS[form](text)
    except (ValueError, RecursionError) as error:
        return f"{key} is no valid {form.upper()}: {error}"
    return ""


def _yaml(text: str) -> None:
    import yaml

    try:
        for _ in yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.MarkedYAMLError as error:
        at = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"{error.problem or error.context}{at}") from error
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


_READERS: dict[str, Callable[[str], Any]] = {"json": json.loads, "toml": tomllib.loads, "yaml": _yaml, "yml": _yaml}
