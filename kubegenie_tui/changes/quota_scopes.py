"""Which quotas are for which pods: scopes, and selectors of scopes.

Source: Kubernetes documentation of resource quotas, quota scopes.
"""

from kubegenie_tui.changes.charges import Charge
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at, texts_at, value_at
from kubegenie_tui.domain.pod_resources import LIMITS, REQUESTS, asked_by, containers_of
from kubegenie_tui.domain.relations.label_selector import selects

_AFFINITIES = ("affinity.podAffinity", "affinity.podAntiAffinity")
_TERMS = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def is_meant_by(quota: Manifest, charge: Charge) -> bool | None:
    """Whether a quota counts this; None where that cannot be told. One with scopes is for pods, or claims."""
    wanted = [{"scopeName": name, "operator": "Exists"} for name in texts_at(quota, "spec.scopes")]
    wanted += mappings_at(quota, "spec.scopeSelector.matchExpressions")
    if not wanted:
        return True
    if charge.pod is None:
        of_claims = "requests.storage" in charge.amounts
        return None if of_claims and any(text_at(each, "scopeName").startswith("Volume") for each in wanted) else False
    found = [_has(each, charge.pod) for each in wanted]
    return False if False in found else None if None in found else True


def _has(scope: Manifest, pod: Manifest) -> bool | None:
    match text_at(scope, "scopeName"):
        case "BestEffort":
            return _is_best_effort(pod)
        case "NotBestEffort":
            return not _is_best_effort(pod)
        case "Terminating":
            return number_at(pod, "activeDeadlineSeconds") is not None
        case "NotTerminating":
            return number_at(pod, "activeDeadlineSeconds") is None
        case "PriorityClass":
            named = text_at(pod, "priorityClassName")
            labels = {"PriorityClass": named} if named else {}
            return selects({"matchExpressions": [{**scope, "key": "PriorityClass"}]}, labels)
        case "CrossNamespacePodAffinity":
            return _looks_elsewhere(pod)
        case "VolumeAttributesClass":
            return False
    return None


def _is_best_effort(pod: Manifest) -> bool:
    return not any(asked_by(each, side) for each in (pod, *containers_of(pod)) for side in (REQUESTS, LIMITS))


def _looks_elsewhere(pod: Manifest) -> bool:
    terms = [term for path in _AFFINITIES for term in mappings_at(pod, f"{path}.{_TERMS}")]
    preferred = [each for path in _AFFINITIES for each in mappings_at(pod, f"{path}.{_PREFERRED}")]
    terms += [term for each in preferred if isinstance(term := value_at(each, "podAffinityTerm"), dict)]
    return any(term.get("namespaces") or "namespaceSelector" in term for term in terms)
