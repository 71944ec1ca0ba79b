"""Pods that no node takes for a claim of theirs has no volume: which claim it is, and why it has none."""

from kubegenie_tui.diagnostics.bound_claims import claims_of, why_unbound
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

RULE = "claim-unbound"
_CLAIMS = "persistentvolumeclaims"


def unbound(
    snapshot: Snapshot, workload: Workload, pod: Manifest
) -> tuple[str, str, ObjectRef, str, list[Evidence], str]:
    """Rule, cause, root, field, evidence and next step of the claim that is not bound."""
    namespace = ref_of("pods", pod).namespace
    for _, name in claims_of(pod):
        claim = snapshot.get(_CLAIMS, namespace, name)
        if claim is not None and text_at(claim, "status.phase") != "Bound":
            proof, ref = [fact(_CLAIMS, claim, "status.phase")], ref_of(_CLAIMS, claim)
            field, told = why_unbound(snapshot, claim)
            why = f"its claim {name} is not bound{': ' if told else ''}{told}"
            step = f"correct {field} in a new claim" if field else f"find out why: why is pvc {name} pending?"
            return RULE, why, ref, field, proof, step
    field = f"{workload.spec_path}.volumes"
    return RULE, "one of its claims is not bound", workload.ref, field, [], "see its claims"
