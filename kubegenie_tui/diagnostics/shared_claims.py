"""Claims that one node or one pod alone may use, and that several pods of a Deployment want.

Source: Kubernetes' documentation, "Persistent Volumes: Access Modes".
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import event_fact, fact, last_event, pods_of, severity_of
from kubegenie_tui.diagnostics.pods import Workload, is_ready
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at, texts_at
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of

_KIND, _CLAIMS = "deployments.apps", "persistentvolumeclaims"
_OF_SEVERAL = {"ReadWriteMany", "ReadOnlyMany"}
_SAID = "Multi-Attach error"
"""As the attach and detach controller words it: a volume is attached to another node."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """What the cluster refuses to attach; where it does not yet, a notice of Deployments of several pods."""
    for item in snapshot.all(_KIND):
        workload = Workload(_KIND, item, TEMPLATE_PATHS[_KIND])
        for reference in references_of(workload.pod_spec):
            claim = snapshot.get(_CLAIMS, workload.ref.namespace, reference.name)
            if reference.kind == _CLAIMS and claim is not None and _is_of_one(claim):
                yield from _of_claim(snapshot, workload, claim)


def _is_of_one(claim: Manifest) -> bool:
    modes = set(texts_at(claim, "spec.accessModes"))
    return bool(modes) and not modes & _OF_SEVERAL


def _of_claim(snapshot: Snapshot, workload: Workload, claim: Manifest) -> Iterator[Finding]:
    pods = [pod for pod in pods_of(snapshot, workload.manifest) if not text_at(pod, "metadata.deletionTimestamp")]
    waiting = [pod for pod in pods if not is_ready(pod)]
    events = [last_event(snapshot, pod, "FailedAttachVolume", about=_SAID) for pod in waiting]
    event = next(filter(None, events), None) if len(pods) > 1 else None
    wanted = number_at(workload.manifest, "spec.replicas")
    if event is not None or (1 if wanted is None else wanted) > 1:
        yield _finding(snapshot, workload, claim, event)


def _finding(snapshot: Snapshot, workload: Workload, claim: Manifest, event: Manifest | None) -> Finding:
    ref, modes = ref_of(_CLAIMS, claim), ", ".join(texts_at(claim, "spec.accessModes"))
    evidence = [fact(_CLAIMS, claim, "spec.accessModes", modes), *([event_fact(event)] if event else [])]
    evidence.append(fact(workload.kind, workload.manifest, "spec.replicas"))
    one = "pod" if modes == "ReadWriteOncePod" else "node"
    return Finding(
        "claim-in-use", severity_of(snapshot, workload) if event else Severity.NOTICE,
        f"{workload.word}: its pods share the claim {ref.name}",
        f"the claim is {modes}: one {one} alone may use it at a time", workload.ref, f"{workload.spec_path}.volumes",
        tuple(evidence), (workload.ref, ref), 0.9 if event else 0.6,
        ("run one pod with the strategy Recreate, or use a claim that is ReadWriteMany",),
    )  # fmt: skip
