"""What is asked of the Kubernetes Engine API for a spec, as its JSON: shown at the review, and sent as it was shown.

Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
"""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import TAG
from kubegenie_tui.providers.gcp.login import SCOPE

if TYPE_CHECKING:
    from kubegenie_tui.providers.gcp.gke_spec import GkePool, GkeSpec


def cluster_asked(spec: "GkeSpec", work: str) -> dict[str, Any]:
    """The cluster, with its first pool: it cannot be made without one."""
    asked: dict[str, Any] = {
        "name": spec.name,
        "resourceLabels": {**spec.label_table, TAG: work},
        "network": spec.network,
        "subnetwork": spec.subnetwork,
        "ipAllocationPolicy": {
            "useIpAliases": True,
            "clusterSecondaryRangeName": spec.pods_range,
            "servicesSecondaryRangeName": spec.services_range,
        },
        "initialClusterVersion": spec.version,
        "releaseChannel": {"channel": "UNSPECIFIED" if spec.channel == "none" else spec.channel.upper()},
    }
    if spec.mode == "Autopilot":
        asked["autopilot"] = {"enabled": True}
    else:
        asked["nodePools"] = [pool_asked(spec, spec.pools[0], work)]
    if spec.private_nodes:
        asked["networkConfig"] = {"defaultEnablePrivateNodes": True}
    if spec.networks:
        blocks = [{"cidrBlock": each} for each in spec.networks]
        allowed = {"authorizedNetworksConfig": {"enabled": True, "cidrBlocks": blocks}}
        asked["controlPlaneEndpointsConfig"] = {"ipEndpointsConfig": allowed}
    return _given(asked)


def pool_asked(spec: "GkeSpec", pool: "GkePool", work: str) -> dict[str, Any]:
    """A pool. Its nodes may use what their service account may: without a scope they could pull no private image."""
    asked: dict[str, Any] = {
        "name": pool.name,
        "initialNodeCount": pool.count,
        "config": {
            "machineType": pool.size,
            "diskSizeGb": pool.disk_gb,
            "diskType": pool.disk_type,
            "spot": pool.spot,
            "oauthScopes": [SCOPE],
            "resourceLabels": {**spec.label_table, TAG: work},
        },
        "management": {"autoRepair": True, "autoUpgrade": spec.channel != "none"},
    }
    if pool.autoscale:
        asked["autoscaling"] = {"enabled": True, "minNodeCount": pool.minimum, "maxNodeCount": pool.maximum}
    return asked


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    """Without what was left empty: that is Google's to choose."""
    kept = {key: _given(value) if isinstance(value, dict) else value for key, value in asked.items()}
    return {key: value for key, value in kept.items() if value != ""}
