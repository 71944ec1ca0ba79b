"""Pods that no node takes for a claim of theirs has no volume: which claim it is, and why it has none."""

from collections.abc import Mapping, Sequence

from kubegenie_tui.diagnostics.bound_claims import claims_of, why_unbound
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at
from kubegenie_tui.domain.object_ref import ObjectRef

RULE = "claim-unbound"
_CLAIMS, _CLASSES = "persistentvolumeclaims", "storageclasses.storage.k8s.io"
_TOPOLOGIES = "allowedTopologies"


def unbound(
    snapshot: Snapshot, workload: Workload, pod: Manifest
) -> tuple[str, str, ObjectRef, str, list[Evidence], str]:
    """Rule, cause, root, field, evidence and next step of the claim that is not bound."""
    namespace = ref_of("pods", pod).namespace
    for _, name in claims_of(pod):
        claim = snapshot.get(_CLAIMS, namespace, name)
        if claim is not None and text_at(claim, "status.phase") != "Bound":
            proof, ref = [fact(_CLAIMS, claim, "status.phase")], ref_of(_CLAIMS, claim)
            if (found := _nowhere_allowed(snapshot, claim)) is not None:
                storage, why, step = found
                proof.append(fact(_CLASSES, storage, _TOPOLOGIES))
                return RULE, why, ref_of(_CLASSES, storage), _TOPOLOGIES, proof, step
            field, told = why_unbound(snapshot, claim)
            why = f"its claim {name} is not bound{': ' if told else ''}{told}"
            step = f"correct {field} in a new claim" if field else f"find out why: why is pvc {name} pending?"
            return RULE, why, ref, field, proof, step
    field = f"{workload.spec_path}.volumes"
    return RULE, "one of its claims is not bound", workload.ref, field, [], "see its claims"


def _nowhere_allowed(snapshot: Snapshot, claim: Manifest) -> tuple[Manifest, str, str] | None:
    """The class of a claim whose volumes may be made only where no node is; with cause and next step.

    Source: Kubernetes' documentation, "Storage Classes", allowed topologies: one term is enough, of all of its keys.
    """
    name = text_at(claim, "spec.storageClassName")
    storage, nodes = snapshot.get(_CLASSES, "", name), [labels_of(node) for node in snapshot.all("nodes")]
    terms = [mappings_at(term, "matchLabelExpressions") for term in mappings_at(storage, _TOPOLOGIES)]
    if storage is None or not terms or not nodes or any(_holds(term, labels) for term in terms for labels in nodes):
        return None
    keys = list(dict.fromkeys(text_at(each, "key") for term in terms for each in term))
    has = ", ".join(f"{key}={value}" for key in keys for value in sorted({each[key] for each in nodes if key in each}))
    why = f"class {name} of its claim allows volumes only where no node is" + (f"; nodes have {has}" if has else "")
    return storage, why, f"make the class anew with places that nodes are in, or claims of another class than {name}"


def _holds(term: Sequence[Manifest], labels: Mapping[str, str]) -> bool:
    return all(labels.get(text_at(each, "key")) in texts_at(each, "values") for each in term)
