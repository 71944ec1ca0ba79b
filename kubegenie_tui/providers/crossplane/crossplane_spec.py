"""What is asked about a cluster that Crossplane composes, with the rules of the cloud that it lies in."""

import re
from collections.abc import Mapping
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
_RULES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "region": {
        "aws": (
            r"(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-[0-9]",
            "a region of AWS: eu-west-1; China and GovCloud take a Composition of your own",
        ),
        "gcp": (r"[a-z]+-[a-z]+[0-9]+(-[a-z])?", "a region or a zone of Google: europe-west1, europe-west1-b"),
        "azure": (r"[a-z][a-z0-9]*", "a region of Azure: westeurope"),
    },
    "version": {
        "aws": (r"(1\.[0-9]{2})?", "a version of EKS: 1.34"),
        "gcp": (r"(1\.[0-9]+(\.[0-9]+(-gke\.[0-9]+)?)?)?", "a version of GKE: 1.34, 1.34.1-gke.100"),
        "azure": (r"(1\.[0-9]+(\.[0-9]+)?)?", "a version of AKS: 1.34, 1.34.1"),
    },
    "node_size": {
        "aws": (r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "an instance type of AWS: m6i.large"),
        "gcp": (r"[a-z][a-z0-9]*(-[a-z0-9]+)+", "a machine type of Google: e2-standard-4"),
        "azure": (r"Standard_[\w-]+", "a size of Azure: Standard_D4s_v5"),
    },
}
"""By field and cloud, what it takes and how that is said. Our policies of AWS are those of its partition `aws`."""


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

    @model_validator(mode="after")
    def _region_of_its_cloud(self) -> "CrossplaneSpec":
        return self._require("region")

    @model_validator(mode="after")
    def _version_of_its_cloud(self) -> "CrossplaneSpec":
        return self._require("version")

    @model_validator(mode="after")
    def _size_of_its_cloud(self) -> "CrossplaneSpec":
        return self._require("node_size")

    def _require(self, field: str) -> "CrossplaneSpec":
        """A Composition of one's own may take other words, and make of them what the cloud knows."""
        pattern, words = _RULES[field][self.cloud]
        if not self.composition and not re.fullmatch(pattern, getattr(self, field)):
            raise Unfit(f"it takes {words}", field)
        return self
