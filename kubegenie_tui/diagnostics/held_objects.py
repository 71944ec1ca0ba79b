"""What workloads hold that is of no use to them: pull secrets that are not there, ConfigMaps that are empty or full."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.calls import workloads
from kubegenie_tui.diagnostics.images import PULL_TYPES, other_pull_secret
from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.diagnostics.references import keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.quantity import format_bytes
from kubegenie_tui.domain.relations.pod_spec import references_of

_FULL_BYTES = 900 * 1024
"""Near the 1 MiB from which on the API server refuses a ConfigMap."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Notices: the pods run all the same, for now."""
    for workload in workloads(snapshot):
        yield from _pull_secrets(snapshot, workload)
        for reference in references_of(workload.pod_spec):
            config = snapshot.get("configmaps", workload.ref.namespace, reference.name)
            if reference.kind == "configmaps" and config is not None:
                yield from _config(workload, config)


def _pull_secrets(snapshot: Snapshot, workload: Workload) -> Iterator[Finding]:
    space = workload.ref.namespace
    for number, each in enumerate(mappings_at(workload.pod_spec, "imagePullSecrets")):
        name, field = text_at(each, "name"), f"{workload.spec_path}.imagePullSecrets[{number}].name"
        if name and snapshot.is_missing("secrets", space, name):
            near = nearest(name, snapshot.names("secrets", space))
            why = f'there is no Secret "{name}"{did_you_mean(near)}'
            evidence = (fact(workload.kind, workload.manifest, field, name),)
            yield Finding(
                "missing-pull-secret", Severity.NOTICE, f"{workload.word} pulls its images without the secret it names",
                why, workload.ref, field, evidence, (workload.ref,), 0.9, ("name a Secret that exists, or create it",),
                other_pull_secret(snapshot, workload, name),
            )  # fmt: skip
        elif (secret := snapshot.get("secrets", space, name)) and text_at(secret, "type") not in PULL_TYPES:
            why = (
                f'Secret "{name}" is of type {text_at(secret, "type") or "Opaque"}, which holds no registry\'s password'
            )
            proof = (fact("secrets", secret, "type"), fact(workload.kind, workload.manifest, field, name))
            yield Finding(
                "missing-pull-secret", Severity.NOTICE, f"{workload.word} pulls its images without the secret it names",
                why, ref_of("secrets", secret), "type", proof, (workload.ref,), 0.9,
                ("make it anew, of type kubernetes.io/dockerconfigjson",),
            )  # fmt: skip


def _size(config: Manifest) -> int:
    """In bytes, as the API server counts: of text as UTF-8, of binary data without its encoding."""
    texts, encoded = mapping_at(config, "data").values(), map(str, mapping_at(config, "binaryData").values())
    binary = sum(len(value) * 3 // 4 - value[-2:].count("=") for value in encoded)
    return sum(len(str(value).encode()) for value in texts) + binary


def _config(workload: Workload, config: Manifest) -> Iterator[Finding]:
    ref = ref_of("configmaps", config)
    held = {**mapping_at(config, "data"), **mapping_at(config, "binaryData")}
    size = _size(config)
    if not keys_of(config):
        rule, what, why, step = (
            "configmap-empty",
            "is empty",
            f"{workload.word} reads it",
            "fill it, or read it no more",
        )
    elif size > _FULL_BYTES:
        why = f"it holds {format_bytes(size)}, and may hold 1 MiB at most"
        rule, what, step = "configmap-full", "is nearly full", "divide it, or keep large files in a volume"
    else:
        return
    evidence = (fact("configmaps", config, "data", f"{len(held)} keys, {format_bytes(size)}"),)
    yield Finding(
        rule, Severity.NOTICE, f"configmap {ref.name} {what}", why, ref, "data", evidence, (ref, workload.ref), 0.9,
        (step,),
    )  # fmt: skip
