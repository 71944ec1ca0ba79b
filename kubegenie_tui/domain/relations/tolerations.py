"""Which taints of a node a pod bears, and for how long.

Source: k8s.io/component-helpers/scheduling/corev1 and the controller that evicts by taints.
"""

from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at

STOPS = "NoExecute"


def tolerates(toleration: Manifest, taint: Manifest) -> bool:
    """Whether a toleration is for a taint; an empty key or effect is for any."""
    key, effect = text_at(toleration, "key"), text_at(toleration, "effect")
    if effect not in ("", text_at(taint, "effect")) or key not in ("", text_at(taint, "key")):
        return False
    operator = text_at(toleration, "operator") or "Equal"
    return operator == "Exists" or (operator == "Equal" and text_at(toleration, "value") == text_at(taint, "value"))


def seconds_borne(pod: Manifest, taints: list[Manifest]) -> int | None:
    """How long a pod stays under `NoExecute` taints: 0 not at all, None for as long as they are there."""
    tolerations = mappings_at(pod, "spec.tolerations")
    least: int | None = None
    for taint in taints:
        bearing = next((each for each in tolerations if tolerates(each, taint)), None)
        if bearing is None:
            return 0
        seconds = number_at(bearing, "tolerationSeconds")
        if seconds is not None:
            least = max(0, seconds) if least is None else min(least, max(0, seconds))
    return least
