"""What is asked about a cluster that Crossplane composes."""

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from kubegenie_tui.providers.crossplane.asked import POOL
from kubegenie_tui.providers.specs import ClusterSpec, Unfit, page, takes

_Composition = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z]([-a-z0-9]*[a-z0-9])?)?$", max_length=40),
    takes("the name of a file without its end: small letters, digits and hyphens, at most 40 of them"),
]


class CrossplaneSpec(ClusterSpec):
    """One pool of nodes that scales itself, in a cloud."""

    cloud: Literal["aws", "gcp", "azure"] = Field("aws", json_schema_extra=page("Cluster", before="region"))
    region: str = Field(
        min_length=1,
        description="of that cloud: eu-west-1, europe-west1, westeurope",
        json_schema_extra=page("Cluster"),
    )
    composition: _Composition = Field(
        "", description="one of your own, by the name of its file; empty for ours", json_schema_extra=page("Cluster")
    )
    node_size: str = Field(
        title="Machine type",
        description="m5.large, e2-standard-4, Standard_D4s_v5",
        min_length=1,
        json_schema_extra=page("Nodes"),
    )
    spot: bool = Field(False, description="cheaper, and may be taken away at any time", json_schema_extra=page("Nodes"))
    minimum: int = Field(1, ge=1, le=1000, description="nodes", json_schema_extra=page("Nodes"))
    maximum: int = Field(3, ge=1, le=1000, description="nodes", json_schema_extra=page("Nodes"))
    network: str = Field(
        "10.0.0.0/16",
        description="addresses, /16 to /20: of the nodes on aws, of the Pods elsewhere",
        json_schema_extra=page("Network"),
    )

    @property
    def pool_names(self) -> tuple[str, ...]:
        """The one pool."""
        return (POOL,)

    @field_validator("network")
    @classmethod
    def _of_addresses(cls, given: str) -> str:
        network = ip_network(given)
        if network.version != 4 or not 16 <= network.prefixlen <= 20:
            raise ValueError("it takes addresses like 10.0.0.0/16, of 16 to 20 bits")
        return str(network)

    @model_validator(mode="after")
    def _within_bounds(self) -> "CrossplaneSpec":
        if self.minimum > self.maximum:
            raise Unfit(f"{self.minimum} nodes at least are more than {self.maximum} at most", "minimum", "maximum")
        return self
