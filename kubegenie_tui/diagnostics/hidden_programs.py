"""Programs of an image that a volume hides: it is mounted over the directory that they are in."""

import re
from collections.abc import Sequence

from kubegenie_tui.diagnostics.build import container_finding
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.references import keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import nearest

_MISSED = re.compile(
    r"(?:cannot find module|can't open file|cannot open file|unable to access jarfile|could not open input file:?"
    r"|no such file or directory --)\s*['\"]?(?P<path>/[\w./-]+)",
    re.IGNORECASE,
)
"""How Node.js, Python, Perl, Java, PHP and Ruby say that the program is not there that they are to run."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """A program that its interpreter does not find, below a ConfigMap or a Secret that holds nothing like it."""
    path = next((match["path"] for line in lines if (match := _MISSED.search(line))), "")
    over = mounted_over(container, path)
    if not over or _may_be_a_key(snapshot, container, over, path.rpartition("/")[2]):
        return None
    return container_finding(
        snapshot, workload, container,
        rule="command-not-found",
        title=f"container {container.name} crashes: its program {path} is not there",
        cause=f"the volume {over} is mounted over the directory in which the image has it",
        field=container_field(workload, container, f"volumeMounts[{over}].mountPath"),
        evidence=evidence,
        confidence=0.85,
        next_steps=["mount it elsewhere, or only its files, each with a subPath"],
    )  # fmt: skip


def mounted_over(container: Container, program: str) -> str:
    """The volume that hides the directory of a program."""
    mounts = ((text_at(each, "mountPath").rstrip("/"), each) for each in mappings_at(container.spec, "volumeMounts"))
    return next((text_at(each, "name") for path, each in mounts if path and program.startswith(f"{path}/")), "")


def _may_be_a_key(snapshot: Snapshot, container: Container, volume: str, file: str) -> bool:
    """Whether the volume is to bring it: it has a key like it, or another of its form, or has no keys."""
    keys = _keys(snapshot, container, volume)
    ending = file.rpartition(".")[2]
    return not keys or bool(nearest(file, keys)) or any(key.rpartition(".")[2] == ending for key in keys)


def _keys(snapshot: Snapshot, container: Container, name: str) -> list[str]:
    """The keys of the ConfigMaps and Secrets that are mounted as this volume."""
    volumes = mappings_at(container.pod, "spec.volumes")
    volume = next((each for each in volumes if text_at(each, "name") == name), {})
    return [
        key
        for part in (volume, *mappings_at(volume, "projected.sources"))
        for target in _held(snapshot, ref_of("pods", container.pod).namespace, part)
        for key in keys_of(target)
    ]


def _held(snapshot: Snapshot, space: str, part: Manifest) -> list[Manifest]:
    secret = mapping_at(part, "secret")
    named = (
        ("configmaps", text_at(part, "configMap.name")),
        ("secrets", text_at(secret, "secretName") or text_at(secret, "name")),
    )
    found = (snapshot.get(kind, space, each) for kind, each in named if each)
    return [each for each in found if each is not None]
