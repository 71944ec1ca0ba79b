"""A cluster of AKS as it is asked for, with the rules of AKS.

Sources: Microsoft Learn, "Limits for resources, SKUs, and regions in AKS" and "Manage system node pools in AKS".
"""

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from kubegenie_tui.providers.specs import ClusterSpec, NodePool, Unfit, Words, page, takes

_PoolName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]{0,11}$"),
    takes("at most 12 small letters and digits, a letter first"),
]
_Group = Annotated[
    str,
    StringConstraints(pattern=r"^$|^[-\w.()]{0,89}[-\w()]$"),
    takes("at most 90 letters, digits, hyphens, brackets and dots, and no dot last"),
]
_DnsPrefix = Annotated[
    str,
    StringConstraints(pattern=r"^$|^[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$"),
    takes("at most 54 letters, digits and hyphens, no hyphen first or last"),
]
_SUBNET = (
    r"^$|^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+/subnets/[^/]+$"
)
_Subnet = Annotated[
    str,
    StringConstraints(pattern=_SUBNET),
    takes("the id of a subnet: /subscriptions/…/virtualNetworks/…/subnets/…"),
]
_Size = Annotated[str, StringConstraints(pattern=r"^Standard_[\w-]+$"), takes("a size of machine: Standard_D4s_v5")]
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LONGEST_NODE_GROUP = 80
"""Characters of the name of the group that AKS makes for the nodes."""


def _several(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


class AksPool(NodePool):
    """Nodes of one size. Those of a system pool run what the cluster itself needs."""

    name: _PoolName = Field("system", description="at most 12 small letters and digits")
    mode: Literal["System", "User"] = Field("System", description="at least one is a system pool")
    size: _Size = Field("Standard_D4s_v5", description="the kind of machine; 4 vCPU or more for a system pool")
    zones: Words = Field("", description="1,2,3; empty for none in particular")
    disk_gb: int = Field(128, ge=30, le=2_048, title="Disk", description="GB for each node")

    @model_validator(mode="after")
    def _rules(self) -> "AksPool":
        if self.mode == "System" and self.spot:
            raise Unfit("spot nodes are for user pools only", "spot", "mode")
        if self.mode == "System" and (self.count < 1 or (self.autoscale and self.minimum < 1)):
            raise Unfit("a system pool has at least one node", "count", "minimum")
        if wrong := [zone for zone in self.zone_list if zone not in ("1", "2", "3")]:
            raise Unfit(f"there is no zone {wrong[0]}: they are 1, 2 and 3", "zones")
        return self

    @property
    def zone_list(self) -> list[str]:
        """The zones one by one."""
        return _several(self.zones)


class AksSpec(ClusterSpec):
    """A cluster of AKS."""

    region: str = Field(min_length=1, description="westeurope", json_schema_extra=page("Cluster"))
    tier: Literal["Free", "Standard", "Premium"] = Field(
        "Standard",
        description="Standard guarantees its uptime, Premium also has long-term support",
        json_schema_extra=page("Cluster"),
    )
    new_group: bool = Field(
        True,
        title="New group",
        description="made with the cluster, and removed with it",
        json_schema_extra=page("Cluster"),
    )
    resource_group: _Group = Field(
        "", description="empty for a new one of the cluster's name", json_schema_extra=page("Cluster")
    )
    dns_prefix: _DnsPrefix = Field(
        "",
        title="DNS prefix",
        description="of the API server's name; empty for the cluster's name",
        json_schema_extra=page("Network"),
    )
    subnet: _Subnet = Field("", description="id of your own one for the nodes", json_schema_extra=page("Network"))
    private: bool = Field(
        False, title="Private cluster", description="no public API server", json_schema_extra=page("Network")
    )
    authorised_ranges: Words = Field(
        "", description="addresses that may reach the API server: 192.0.2.0/24,…", json_schema_extra=page("Network")
    )
    admin_groups: Words = Field(
        "", description="object ids of Entra groups whose members are admins", json_schema_extra=page("Access")
    )
    azure_rbac: bool = Field(
        False,
        title="Azure RBAC",
        description="rights inside the cluster come from roles of Azure",
        json_schema_extra=page("Access"),
    )
    local_accounts: bool = Field(
        True, description="certificates that get in without Entra", json_schema_extra=page("Access")
    )
    pools: tuple[AksPool, ...] = Field(min_length=1, max_length=100, json_schema_extra=page("Node pools"))

    @model_validator(mode="after")
    def _rules(self) -> "AksSpec":
        self._check_group()
        self._check_network()
        self._check_access()
        if all(pool.mode != "System" for pool in self.pools):
            raise Unfit("at least one pool is a system pool", "pools")
        return self

    @property
    def group(self) -> str:
        """The resource group that the cluster lies in."""
        return self.resource_group or f"{self.name}-aks"

    @property
    def first_pool(self) -> AksPool:
        """The system pool that is made together with the cluster."""
        return next(pool for pool in self.pools if pool.mode == "System")

    @property
    def entra(self) -> bool:
        """Whether people come in by Microsoft Entra."""
        return bool(self.admin_groups) or self.azure_rbac

    @property
    def ranges(self) -> list[str]:
        """The authorised ranges one by one."""
        return _several(self.authorised_ranges)

    @property
    def group_ids(self) -> list[str]:
        """The admin groups one by one."""
        return _several(self.admin_groups)

    def _check_group(self) -> None:
        if not self.new_group and not self.resource_group:
            raise Unfit("name the resource group, or let a new one be made", "resource_group")
        if len(f"MC_{self.group}_{self.name}_{self.region}") > LONGEST_NODE_GROUP:
            words = "resource group, name and region are too long together: AKS names a group by all three"
            raise Unfit(words, "resource_group", "name")

    def _check_network(self) -> None:
        if self.private and self.ranges:
            raise Unfit("a private cluster has no authorised ranges", "authorised_ranges")
        for each in self.ranges:
            try:
                ipaddress.ip_network(each)
            except ValueError:
                raise Unfit(f"{each} is no range of addresses", "authorised_ranges") from None

    def _check_access(self) -> None:
        for each in self.group_ids:
            if not _UUID.fullmatch(each):
                raise Unfit(f"{each} is no object id of a group", "admin_groups")
        if not self.local_accounts and not self.entra:
            words = "without local accounts nobody gets in: name admin groups, or use Azure RBAC"
            raise Unfit(words, "admin_groups", "local_accounts")
