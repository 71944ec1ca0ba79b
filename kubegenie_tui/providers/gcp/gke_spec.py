"""A cluster of the Google Kubernetes Engine as it is asked for, with Google's own rules on what can be."""

import re
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from kubegenie_tui.domain.creation import TAG
from kubegenie_tui.providers.gcp.places import is_zone, region_of
from kubegenie_tui.providers.specs import ClusterSpec, NodePool, Unfit, Words, page, takes

ZONES = 3
"""Of a regional cluster that names none: Google takes so many of the region's."""
_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_MOST_LABELS = 64
_MOST_NETWORKS = 100
_MachineType = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$"), takes("a machine type: e2-standard-4")
]
_Place = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+-[a-z]+[0-9]+(-[a-z])?$"),
    takes("a region or a zone: europe-west1, europe-west1-b"),
]
_Version = Annotated[
    str,
    StringConstraints(pattern=r"^(latest|1\.[0-9]+(\.[0-9]+(-gke\.[0-9]+)?)?)?$"),
    takes("a version: 1.34, 1.34.1-gke.100, latest"),
]


class GkePool(NodePool):
    """Nodes of one machine type. In a region all numbers are for each zone: three times as many come."""

    size: _MachineType = Field("e2-standard-4", title="Machine type")
    disk_gb: int = Field(100, ge=10, le=65_536, title="Disk", description="GB for each node")
    disk_type: Literal["pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced"] = Field("pd-balanced")


class GkeSpec(ClusterSpec):
    """Autopilot takes care of nodes itself; Standard has pools of them."""

    region: _Place = Field(
        description="a region, or one zone: europe-west1, europe-west1-b", json_schema_extra=page("Cluster")
    )
    mode: Literal["Standard", "Autopilot"] = Field("Standard", json_schema_extra=page("Cluster"))
    channel: Literal["regular", "rapid", "stable", "extended", "none"] = Field(
        "regular",
        title="Release channel",
        description="who upgrades it, and how soon; none keeps a version",
        json_schema_extra=page("Cluster"),
    )
    version: _Version = Field(
        "",
        description="1.34 or 1.34.1-gke.100; empty for the channel's own choice",
        json_schema_extra=page("Cluster"),
    )
    labels: Words = Field("", description="team=shop, stage=test", json_schema_extra=page("Cluster"))
    network: str = Field("default", min_length=1, json_schema_extra=page("Network"))
    subnetwork: str = Field("", description="empty for the region's own", json_schema_extra=page("Network"))
    pods_range: str = Field(
        "", description="a secondary range of the subnetwork; empty for a new one", json_schema_extra=page("Network")
    )
    services_range: str = Field("", description="the same, for Services", json_schema_extra=page("Network"))
    private_nodes: bool = Field(
        False, description="without addresses of the internet", json_schema_extra=page("Network")
    )
    authorized_networks: Words = Field(
        "",
        title="Allowed from",
        description="who may reach the API server: 203.0.113.0/24; empty for all",
        json_schema_extra=page("Network"),
    )
    pools: tuple[GkePool, ...] = Field((), description="for Standard", json_schema_extra=page("Node pools"))

    @property
    def zonal(self) -> bool:
        """Whether it lies in one zone."""
        return is_zone(self.region)

    @property
    def zones(self) -> int:
        """In how many zones its nodes are."""
        return 1 if self.zonal else ZONES

    @property
    def within(self) -> str:
        """The region it lies in, even when that is one zone of it."""
        return region_of(self.region)

    @property
    def networks(self) -> tuple[str, ...]:
        """Those that may reach the API server."""
        return _words(self.authorized_networks)

    @property
    def label_table(self) -> dict[str, str]:
        """The labels, without ours."""
        return dict(_label(each) for each in _words(self.labels))

    @field_validator("authorized_networks")
    @classmethod
    def _of_addresses(cls, given: str) -> str:
        for each in _words(given):
            try:
                ip_network(each)
            except ValueError as error:
                raise ValueError(f"{error}") from None
        if len(_words(given)) > _MOST_NETWORKS:
            raise ValueError(f"Google takes {_MOST_NETWORKS} networks at most")
        return given

    @field_validator("labels")
    @classmethod
    def _that_google_takes(cls, given: str) -> str:
        for key, value in map(_label, _words(given)):
            if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
                raise ValueError(f"{key}={value}: small letters, digits, - and _, the name begins with a letter")
            if key == TAG or key.startswith("goog"):
                raise ValueError(f"{key} is not yours to set")
        if len(_words(given)) >= _MOST_LABELS:
            raise ValueError(f"Google takes {_MOST_LABELS} labels at most, and one is ours")
        return given

    @model_validator(mode="after")
    def _as_its_mode_needs(self) -> "GkeSpec":
        if self.mode == "Standard" and not self.pools:
            raise Unfit("a Standard cluster needs a node pool: add one", "pools")
        if self.mode == "Autopilot" and self.pools:
            raise Unfit("Autopilot has no node pools, it makes nodes for what runs: take them out", "pools", "mode")
        if self.mode == "Autopilot" and self.zonal:
            raise Unfit("Autopilot is regional: name a region, not a zone", "region")
        if self.mode == "Autopilot" and self.channel == "none":
            raise Unfit("Autopilot needs a release channel", "channel")
        return self

    @model_validator(mode="after")
    def _ranges_of_a_subnetwork(self) -> "GkeSpec":
        if bool(self.pods_range) != bool(self.services_range):
            raise Unfit(
                "a range for Pods and one for Services go together",
                "services_range" if self.pods_range else "pods_range",
            )
        if self.pods_range and not self.subnetwork:
            raise Unfit("secondary ranges belong to a subnetwork: name it", "subnetwork")
        return self


def _words(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _label(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key.strip(), value.strip()
