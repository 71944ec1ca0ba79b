"""Images that cannot be pulled: name, tag, registry or credentials."""

import re

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import container_finding, event_fact, fact, last_event, state_fact
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy
from kubegenie_tui.domain.manifest import REVISION, Manifest, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

REASONS = frozenset({
    "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
})  # fmt: skip

_CAUSES: tuple[tuple[str, str, str, str], ...] = (
    (
        r"InvalidImageName|couldn't parse image|invalid reference format",
        "invalid-image-name",
        "the image name is not a valid one",
        "correct the image's name",
    ),
    (
        r"ErrImageNeverPull|NeverPull",
        "image-never-pulled",
        "imagePullPolicy is Never and the image is not on the node",
        "set imagePullPolicy to IfNotPresent, or load the image onto the node",
    ),
    (
        r"no such host|server misbehaving",
        "image-registry-unknown",
        "the name of the registry does not resolve",
        "correct the registry in the image's name",
    ),
    (
        r"pull access denied|repository does not exist|insufficient_scope",
        "image-not-found-or-private",
        "there is no such repository, or it needs credentials",
        "check the image's name; if the repository is private, add an imagePullSecret",
    ),
    (
        r"unauthorized|authentication required|no basic auth|may require authorization|denied|\b40[13]\b",
        "image-pull-unauthorized",
        "the registry wants credentials that the pod does not have",
        "create a registry secret and name it in imagePullSecrets",
    ),
    (
        r"not found|manifest unknown|NotFound|does not exist",
        "image-not-found",
        "the registry has no such image or tag",
        "correct the tag, or push the image",
    ),
    (
        r"x509|certificate",
        "image-registry-untrusted",
        "the node does not trust the registry's certificate",
        "give the nodes the registry's CA",
    ),
    (
        r"toomanyrequests|rate limit",
        "image-pull-rate-limited",
        "the registry limits how often images are pulled",
        "wait, or pull with credentials or through a mirror",
    ),
    (
        r"timeout|connection refused|unreachable|EOF|reset by peer",
        "image-registry-unreachable",
        "the node cannot reach the registry",
        "check the registry and the network of the nodes",
    ),
)
"""Pattern of the kubelet's or containerd's words, rule, cause, next step; the first that matches counts."""

PULL_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_FIT = ("", "", "")


def explain(snapshot: Snapshot, workload: Workload, container: Container) -> Finding | None:
    """A container that waits for its image."""
    if container.waiting not in REASONS:
        return None
    image = text_at(container.spec, "image")
    event = last_event(snapshot, container.pod, "Failed", "InspectFailed", "BackOff", about=image)
    said = f"{container.waiting} {container.message} {text_at(event, 'message')}"
    rule, why, step = _cause(said)
    unfit, lacks, at = (
        _unfit_pull_secret(snapshot, container.pod) if "unauthorized" in rule or "private" in rule else _FIT
    )
    evidence = [state_fact(container, "state.waiting", f"{container.waiting}: {container.message}")]
    evidence += [event_fact(event)] if event and not _tells_cause(container.message) else []
    steps = [step]
    before = _image_before(snapshot, workload, container)
    if before:
        evidence.append(before)
        steps.append(f"or go back to {before.value}, which the revision before uses")
    remedy = other_pull_secret(snapshot, workload, unfit) if unfit and not at else None
    account = _account_of(snapshot, workload, container.pod, unfit) if unfit and not at else None
    instead = _meant(snapshot, container.pod, unfit) if unfit and not at else ""
    is_lacking = bool(unfit) and account is None and not (instead and _names(workload, unfit))
    if account is not None:
        at = "imagePullSecrets"
        evidence.append(fact("serviceaccounts", account, at, unfit))
    elif instead and not is_lacking:
        at = f"{workload.spec_path}.imagePullSecrets"
    found = container_finding(
        snapshot, workload, container,
        rule=rule,
        title=f"the image {image} of container {container.name} cannot be pulled",
        cause=why + (f'; the imagePullSecret "{unfit}" {lacks}{did_you_mean(instead)}' if unfit else ""),
        root=ref_of("serviceaccounts", account) if account is not None
        else ObjectRef("secrets", unfit, ref_of("pods", container.pod).namespace) if is_lacking else None,
        field=at if unfit else _field(workload, container, rule),
        evidence=evidence,
        confidence=0.97,
        next_steps=steps,
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=remedy)


def other_pull_secret(snapshot: Snapshot, workload: Workload, name: str) -> Remedy | None:
    """The one pull secret whose name is near, in the template in place of one that does not exist."""
    space = workload.ref.namespace
    near = nearest(name, snapshot.names("secrets", space))
    is_fit = text_at(snapshot.get("secrets", space, near), "type") in PULL_TYPES
    if not is_fit or not corrections.is_alone(name, near, snapshot.names("secrets", space)):
        return None
    return corrections.of_pull_secret(workload, name, near)


def _account_of(snapshot: Snapshot, workload: Workload, pod: Manifest, name: str) -> Manifest | None:
    """The service account that gives the pod a pull secret which does not exist, where another one is meant."""
    space = workload.ref.namespace
    account = snapshot.get("serviceaccounts", space, text_at(pod, "spec.serviceAccountName") or "default")
    names = [text_at(each, "name") for each in mappings_at(account, "imagePullSecrets")] if account else []
    return account if name in names and not _names(workload, name) and _meant(snapshot, pod, name) else None


def _names(workload: Workload, name: str) -> bool:
    return any(text_at(each, "name") == name for each in mappings_at(workload.pod_spec, "imagePullSecrets"))


def _meant(snapshot: Snapshot, pod: Manifest, name: str) -> str:
    """The pull secret whose name is near one that does not exist, else the only other one; empty for none."""
    space = ref_of("pods", pod).namespace
    fit = [each for each in snapshot.within("secrets", space) if text_at(each, "type") in PULL_TYPES]
    given = {text_at(each, "name") for each in mappings_at(pod, "spec.imagePullSecrets")}
    names = [each for each in (text_at(secret, "metadata.name") for secret in fit) if each not in given]
    near = nearest(name, snapshot.names("secrets", space))
    return near if near in names else names[0] if len(names) == 1 and not near else ""


def _cause(said: str) -> tuple[str, str, str]:
    for pattern, rule, why, step in _CAUSES:
        if re.search(pattern, said, re.IGNORECASE):
            return rule, why, step
    return "image-pull-failed", "the registry does not deliver the image", "check the image's name and the registry"


def _tells_cause(message: str) -> bool:
    return _cause(message)[0] != "image-pull-failed"


def _field(workload: Workload, container: Container, rule: str) -> str:
    """The image's name, or the credentials where there are none."""
    if rule == "image-pull-unauthorized" and not mappings_at(container.pod, "spec.imagePullSecrets"):
        return f"{workload.spec_path}.imagePullSecrets"
    return container_field(workload, container, "image")


def _unfit_pull_secret(snapshot: Snapshot, pod: Manifest) -> tuple[str, str, str]:
    """The first pull secret that is missing or of a type that the kubelet ignores: name, what it lacks, field."""
    namespace = ref_of("pods", pod).namespace
    for name in filter(None, (text_at(secret, "name") for secret in mappings_at(pod, "spec.imagePullSecrets"))):
        secret = snapshot.get("secrets", namespace, name)
        if snapshot.is_missing("secrets", namespace, name):
            return name, "does not exist", ""
        if secret is not None and text_at(secret, "type") not in ("", *PULL_TYPES):
            return name, f"is of type {text_at(secret, 'type')}, and not {PULL_TYPES[0]}", "type"
    return _FIT


def _image_before(snapshot: Snapshot, workload: Workload, container: Container) -> Evidence | None:
    """The image of the newest other ReplicaSet of the Deployment, if it differs."""
    owner = snapshot.owner_of(container.pod)
    if workload.kind != "deployments.apps" or owner is None:
        return None
    others = [item for kind, item in snapshot.owned_by(workload.manifest) if item is not owner[1]]
    for other in sorted(others, key=_revision, reverse=True):
        for spec in mappings_at(other, f"spec.template.spec.{container.list_name}"):
            if text_at(spec, "name") == container.name and text_at(spec, "image") != text_at(container.spec, "image"):
                field = f"spec.template.spec.{container.list_name}[{container.name}].image"
                return fact("replicasets.apps", other, field, text_at(spec, "image"))
    return None


def _revision(replica_set: Manifest) -> tuple[int, int]:
    annotations = replica_set.get("metadata", {}).get("annotations") or {}
    revision = str(annotations.get(REVISION, "0"))
    return number_at(replica_set, "status.readyReplicas") or 0, int(revision) if revision.isdigit() else 0
