"""A cluster as the steps that make it, in order."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import TAG, PlannedStep
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.cluster_steps import (
    ADD_ON,
    CLUSTER,
    ENTRY,
    FARGATE,
    POOL,
    Part,
    PartStep,
    PolicyOfEntry,
)
from kubegenie_tui.providers.aws.listed import words
from kubegenie_tui.providers.aws.network import Network, all_subnets, node_subnets
from kubegenie_tui.providers.aws.role_steps import role_steps
from kubegenie_tui.providers.aws.steps import AwsStep

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_spec import EksPool, EksSpec

UNKNOWN_WORK = "<work>"
"""Stands for the id of a work that does not exist yet."""
_WITH_NODES = ("coredns",)
"""Add-ons that are not active before there are nodes."""
FARGATE_PROFILE = "fargate"


class Blueprint:
    """Makes the steps of one spec; nothing is asked of AWS for it."""

    def __init__(self, cloud: Cloud, spec: "EksSpec", work: str = UNKNOWN_WORK) -> None:
        self._cloud = cloud
        self._spec = spec
        self._work = work

    def steps(self) -> list[AwsStep]:
        """All of them."""
        return list(self._steps())

    def _steps(self) -> Iterator[AwsStep]:
        spec = self._spec
        parts = ["cluster", *(["nodes"] if spec.pools else []), *(["fargate"] if spec.fargate else [])]
        for part in parts:
            yield from role_steps(self._cloud, self._work, spec.name, part, spec.partition)
        if spec.network == "new":
            yield from Network(self._cloud, self._work, spec).steps()
        yield self._cluster()
        for arn, policy in spec.principals.items():
            yield from self._entry(arn, policy)
        add_ons = words(spec.add_ons)
        yield from (self._add_on(each) for each in add_ons if each not in _WITH_NODES)
        yield from (self._pool(each, optional=each is not spec.pools[0]) for each in spec.pools)
        if spec.fargate:
            yield self._fargate()
        yield from (self._add_on(each) for each in add_ons if each in _WITH_NODES)

    def _cluster(self) -> PartStep:
        spec = self._spec
        public = spec.endpoint != "private"
        network: dict[str, Any] = {
            "subnetIds": all_subnets(spec),
            "endpointPublicAccess": public,
            "endpointPrivateAccess": spec.endpoint != "public",
        }
        request: dict[str, Any] = {
            "name": spec.name,
            "roleArn": "<role/cluster.arn>",
            "resourcesVpcConfig": network | ({"publicAccessCidrs": list(words(spec.allowed))} if public else {}),
            "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
            "bootstrapSelfManagedAddons": False,
        }
        if spec.version:
            request["version"] = spec.version
        if spec.kms_key:
            request["encryptionConfig"] = [{"resources": ["secrets"], "provider": {"keyArn": spec.kms_key}}]
        version = f", Kubernetes {spec.version}" if spec.version else ""
        return self._part("cluster", f"Control plane {spec.name}{version}", CLUSTER, 600, request)

    def _pool(self, pool: "EksPool", *, optional: bool) -> PartStep:
        request = {
            "clusterName": self._spec.name,
            "nodegroupName": pool.name,
            "scalingConfig": scaling(pool),
            "diskSize": pool.disk_gb,
            "subnets": node_subnets(self._spec),
            "instanceTypes": [pool.size],
            "amiType": pool.image,
            "nodeRole": "<role/nodes.arn>",
            "capacityType": "SPOT" if pool.spot else "ON_DEMAND",
            "updateConfig": {"maxUnavailable": pool.max_unavailable},
        }
        spot = " (spot)" if pool.spot else ""
        title = f"Node pool {pool.name}: {pool.count} x {pool.size}{spot}"
        return self._part(f"pool/{pool.name}", title, POOL, 180, request, optional=optional)

    def _fargate(self) -> PartStep:
        namespaces = words(self._spec.fargate)
        request = {
            "clusterName": self._spec.name,
            "fargateProfileName": FARGATE_PROFILE,
            "podExecutionRoleArn": "<role/fargate.arn>",
            "subnets": node_subnets(self._spec),
            "selectors": [{"namespace": each} for each in namespaces],
        }
        return self._part("fargate", f"Fargate for {', '.join(namespaces)}", FARGATE, 120, request, optional=True)

    def _add_on(self, name: str) -> PartStep:
        request = {"clusterName": self._spec.name, "addonName": name, "resolveConflicts": "OVERWRITE"}
        if name == "coredns" and not self._spec.pools:
            request["configurationValues"] = json.dumps({"computeType": "Fargate"})
        return self._part(f"add-on/{name}", f"Add-on {name}", ADD_ON, 60, request, optional=True)

    def _entry(self, arn: str, policy: str) -> Iterator[AwsStep]:
        which = {"clusterName": self._spec.name, "principalArn": arn}
        key = f"access/{arn}"
        yield self._part(key, f"Access for {arn}", ENTRY, 5, {**which, "type": "STANDARD"}, optional=True)
        policy_arn = f"arn:{self._spec.partition}:eks::aws:cluster-access-policy/{policy}"
        request = {**which, "policyArn": policy_arn, "accessScope": {"type": "cluster"}}
        planned = PlannedStep(
            f"{key}/policy", f"{policy} for {arn}", "eks:AssociateAccessPolicy", request, usual_seconds=5, optional=True
        )
        yield PolicyOfEntry(self._cloud, self._work, planned)

    def _part(
        self, key: str, title: str, part: Part, seconds: float, request: dict[str, Any], *, optional: bool = False
    ) -> PartStep:
        tagged = {**request, "tags": {TAG: self._work}}
        planned = PlannedStep(key, title, part.create, tagged, usual_seconds=seconds, optional=optional)
        return PartStep(self._cloud, self._work, planned, part)


def scaling(pool: "EksPool") -> dict[str, int]:
    """The bounds of a node group: without autoscaling all of them are its count."""
    if pool.autoscale:
        return {"minSize": pool.minimum, "maxSize": pool.maximum, "desiredSize": pool.count}
    return {"minSize": pool.count, "maxSize": max(pool.count, 1), "desiredSize": pool.count}
