"""What is sent to Azure for a spec, as the JSON of its API."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import TAG

if TYPE_CHECKING:
    from kubegenie_tui.providers.azure.aks_spec import AksPool, AksSpec


def group_body(spec: "AksSpec", work: str) -> dict[str, Any]:
    """A resource group."""
    return {"location": spec.region, "tags": {TAG: work}}


def cluster_body(spec: "AksSpec", work: str) -> dict[str, Any]:
    """A managed cluster with its first system pool; AKS makes an identity for it."""
    properties: dict[str, Any] = {
        "dnsPrefix": spec.dns_prefix or spec.name,
        "enableRBAC": True,
        "disableLocalAccounts": not spec.local_accounts,
        "agentPoolProfiles": [{"name": spec.first_pool.name, **pool_properties(spec, spec.first_pool, work)}],
        "networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", "loadBalancerSku": "standard"},
    }
    if spec.version:
        properties["kubernetesVersion"] = spec.version
    if spec.tier == "Premium":
        properties["supportPlan"] = "AKSLongTermSupport"
    if access := _server_access(spec):
        properties["apiServerAccessProfile"] = access
    if spec.entra:
        properties["aadProfile"] = {
            "managed": True,
            "enableAzureRBAC": spec.azure_rbac,
            "adminGroupObjectIDs": spec.group_ids,
        }
    return {
        "location": spec.region,
        "tags": {TAG: work},
        "sku": {"name": "Base", "tier": spec.tier},
        "identity": {"type": "SystemAssigned"},
        "properties": properties,
    }


def pool_properties(spec: "AksSpec", pool: "AksPool", work: str) -> dict[str, Any]:
    """A node pool, without its name. Label and taint of spot nodes are for AKS to add."""
    made: dict[str, Any] = {
        "mode": pool.mode,
        "type": "VirtualMachineScaleSets",
        "osType": "Linux",
        "vmSize": pool.size,
        "count": pool.count,
        "osDiskSizeGB": pool.disk_gb,
        "enableAutoScaling": pool.autoscale,
        "tags": {TAG: work},
    }
    if pool.autoscale:
        made |= {"minCount": pool.minimum, "maxCount": pool.maximum}
    if zones := pool.zone_list:
        made["availabilityZones"] = zones
    if spec.subnet:
        made["vnetSubnetID"] = spec.subnet
    if spec.version:
        made["orchestratorVersion"] = spec.version
    if pool.spot:
        made |= {
            "scaleSetPriority": "Spot",
            "scaleSetEvictionPolicy": "Delete",
            "spotMaxPrice": -1,
        }
    return made


def _server_access(spec: "AksSpec") -> dict[str, Any]:
    if spec.private:
        return {"enablePrivateCluster": True}
    return {"authorizedIPRanges": spec.ranges} if spec.ranges else {}
