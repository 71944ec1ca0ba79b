"""What is asked about a cluster that Cluster API makes: its class, its version, its pools, its variables."""

import shlex
from ipaddress import ip_network
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from kubegenie_tui.providers.cluster_api.asked import LARGEST, VERSION
from kubegenie_tui.providers.specs import Name, Unfit, page, takes

_Version = Annotated[
    str,
    StringConstraints(pattern=VERSION),
    takes("a version to the patch: v1.34.2"),
]


class WorkerPool(BaseModel):
    """Nodes of one class of workers. A pool that scales itself has bounds, and begins with the lower one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name = Field("default", description="unique in the cluster")
    worker_class: str = Field(title="Class", description="of the workers that the ClusterClass has", min_length=1)
    count: int = Field(2, ge=0, le=LARGEST, description="nodes, unless the pool scales itself")
    autoscale: bool = Field(False, description="between the two numbers below, by a cluster-autoscaler that you run")
    minimum: int = Field(1, ge=0, le=LARGEST)
    maximum: int = Field(5, ge=1, le=LARGEST)

    @model_validator(mode="after")
    def _within_bounds(self) -> "WorkerPool":
        if self.autoscale and self.minimum > self.maximum:
            raise Unfit(f"{self.minimum} nodes at least are more than {self.maximum} at most", "minimum", "maximum")
        return self


class ClusterApiSpec(BaseModel):
    """A cluster with a topology: where and of what it is made lies in its ClusterClass."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name = Field(description="small letters, digits and hyphens", json_schema_extra=page("Cluster"))
    cluster_class: str = Field(
        title="ClusterClass", description="of the same namespace", min_length=1, json_schema_extra=page("Cluster")
    )
    version: _Version = Field(description="of Kubernetes, to the patch: v1.34.2", json_schema_extra=page("Cluster"))
    control_planes: int = Field(
        3, ge=1, le=9, title="Control planes", description="machines, an odd number", json_schema_extra=page("Cluster")
    )
    wait_for_workers: bool = Field(
        True,
        title="Wait for workers",
        description="they are ready with a network plugin: off when you install that yourself",
        json_schema_extra=page("Cluster"),
    )
    variables: str = Field(
        "",
        description="name=value name=value, of the class; quote what has spaces",
        json_schema_extra=page("Cluster"),
    )
    pod_range: str = Field(
        "", title="Pods", description="10.244.0.0/16; empty for the class's own", json_schema_extra=page("Network")
    )
    service_range: str = Field(
        "", title="Services", description="10.96.0.0/12; the same", json_schema_extra=page("Network")
    )
    pools: tuple[WorkerPool, ...] = Field((), description="of workers", json_schema_extra=page("Node pools"))

    @property
    def kubernetes(self) -> str:
        """The version as Cluster API writes it."""
        return f"v{self.version.removeprefix('v')}"

    @property
    def variable_texts(self) -> dict[str, str]:
        """The variables as they were written."""
        return dict(_pair(each) for each in shlex.split(self.variables))

    @field_validator("variables")
    @classmethod
    def _of_pairs(cls, given: str) -> str:
        for each in shlex.split(given):
            if not _pair(each)[0] or "=" not in each:
                raise ValueError(f"{each}: it takes name=value")
        return given

    @field_validator("pod_range", "service_range")
    @classmethod
    def _of_addresses(cls, given: str) -> str:
        return str(ip_network(given)) if given else ""

    @field_validator("control_planes")
    @classmethod
    def _odd(cls, given: int) -> int:
        if given % 2 == 0:
            raise ValueError("etcd takes an odd number of machines")
        return given

    @model_validator(mode="after")
    def _pools_by_name(self) -> "ClusterApiSpec":
        names = [pool.name for pool in self.pools]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise Unfit(f"two pools are called {', '.join(twice)}", "pools")
        return self


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value
