"""Peers of network policies whose labels have a slip: the one correction that lets in, or out, who is meant."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.selectors import NearLabel, near_label, selects_nothing
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

_KIND = "networkpolicies.networking.k8s.io"
_SIDES = {"spec.ingress": "from", "spec.egress": "to"}


def remedy(snapshot: Snapshot, policy: Manifest, field: str) -> Remedy | None:
    """Another label for the one peer that selects nothing and is a slip away from pods that are there.

    `field`: of the policy, in the direction that keeps somebody away: `spec.ingress[0].from[0].podSelector`.
    """
    found = list(_slips(snapshot, policy, field.partition("[")[0]))
    if len(found) != 1 or not found[0][1].is_alone:
        return None
    [(pairs, near)] = found
    return corrections.of_mapping(ref_of(_KIND, policy), policy, pairs, {near.key: near.value})


def _slips(snapshot: Snapshot, policy: Manifest, path: str) -> Iterator[tuple[Manifest, NearLabel]]:
    """The labels of each such peer, and what was meant; those of other namespaces are left out."""
    space = text_at(policy, "metadata.namespace")
    for rule in mappings_at(policy, path):
        for peer in mappings_at(rule, _SIDES.get(path, "")):
            selector = mapping_at(peer, "podSelector")
            is_own = selector and "namespaceSelector" not in peer
            if (
                is_own
                and selects_nothing(snapshot, space, selector)
                and (near := near_label(snapshot, space, selector))
            ):
                yield mapping_at(selector, "matchLabels"), near
