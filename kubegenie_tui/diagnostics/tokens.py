"""Programs that look for the token of their service account where the pod is given none."""

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

_PLACE = "/var/run/secrets/kubernetes.io/serviceaccount"
_FIELD = "automountServiceAccountToken"


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, line: str, evidence: list[Evidence]
) -> Finding | None:
    """Who says that there is to be no token: the pod, or else its service account."""
    spec, space = mapping_at(container.pod, "spec"), ref_of("pods", container.pod).namespace
    account = text_at(spec, "serviceAccountName") or "default"
    of_account = snapshot.get("serviceaccounts", space, account)
    if _PLACE not in line:
        return None
    if spec.get(_FIELD) is False:
        root, field = workload.ref, f"{workload.spec_path}.{_FIELD}"
        proof = fact(workload.kind, workload.manifest, field, "false")
    elif spec.get(_FIELD) is None and of_account is not None and of_account.get(_FIELD) is False:
        root, field = ObjectRef("serviceaccounts", account, space), _FIELD
        proof = fact("serviceaccounts", of_account, _FIELD, "false")
    else:
        return None
    return container_finding(
        snapshot, workload, container,
        rule="file-missing",
        title=f"container {container.name} crashes: it is given no token of its service account",
        cause=f"{root.name} says {_FIELD}: false, and the program talks to the API server",
        root=root,
        field=field,
        evidence=[*evidence, proof],
        confidence=0.95,
        next_steps=[f"set {_FIELD} to true in the pods that need the token"],
    )  # fmt: skip
