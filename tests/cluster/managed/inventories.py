"""What lies on a managing cluster, and what a work says lies there, in the same words.

What a Cluster or a composite is made of is counted with it; what is left of one that is gone stands for itself.
"""

from typing import Any

from kubegenie_tui.domain.creation import StepState, Work
from tests.cluster.managed.cluster_api_player import CLUSTERS, DEPLOYMENTS, MACHINES, ClusterApiPlayer
from tests.cluster.managed.composing import COMPOSED
from tests.cluster.managed.crossplane_player import DEFINITIONS, XRS, CrossplanePlayer
from tests.cluster.managed.playing import Player
from tests.cluster.managed.usages import USAGES

_PARTS = [*(each for kinds in COMPOSED.values() for each in kinds), USAGES]


def of_cluster_api(player: ClusterApiPlayer) -> set[str]:
    """Clusters of the namespace, and orphans."""
    clusters = {_name(each) for each in player.all(CLUSTERS)}
    parts = [each for where in (DEPLOYMENTS, MACHINES) for each in player.all(where)]
    orphans = {_name(each) for each in parts if each["spec"]["clusterName"] not in clusters}
    return {f"Cluster {each}" for each in clusters} | orphans | _secrets(player, clusters)


def of_crossplane(player: CrossplanePlayer) -> set[str]:
    """Definitions, Compositions, composites of the namespace, and orphans."""
    found = player.all(XRS)
    composed = {each["name"] for xr in found for each in xr["spec"]["crossplane"].get("resourceRefs", [])}
    orphans = {_name(each) for where in _PARTS for each in player.all(where)} - composed
    shared = {
        f"{kind} {_name(each)}"
        for kind, version, plural in (
            ("CompositeResourceDefinition", "v2", DEFINITIONS),
            ("Composition", "v1", "compositions"),
        )
        for each in player.listed(version, plural)
    }
    names = {_name(each) for each in found}
    return shared | {f"KubernetesCluster {each}" for each in names} | orphans | _secrets(player, names)


def on_record(work: Work) -> set[str]:
    """What a work says there is."""
    kinds = {each.key: each.request["kind"] for each in work.outline.steps}
    there = [each for each in work.steps if each.made and each.state is not StepState.REMOVED]
    return {f"{kinds[each.key]} {each.made['name']}" for each in there}


def _secrets(player: Player, clusters: set[str]) -> set[str]:
    """Those with a kubeconfig of a cluster that is gone."""
    names = [each.metadata.name for each in player.core.list_namespaced_secret(player.namespace).items]
    return {each for each in names if each.removesuffix("-kubeconfig") not in clusters}


def _name(found: dict[str, Any]) -> str:
    return str(found["metadata"]["name"])
