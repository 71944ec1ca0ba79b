"""A cluster of Crossplane in each cloud, and what it is made of there."""

from typing import Any

from tests.cluster.managed.playing import Where

SPECS: dict[str, dict[str, Any]] = {
    cloud: {"name": "shop", "cloud": cloud, "region": region, "version": "1.34", "node_size": size, "maximum": 4}
    for cloud, region, size in (
        ("aws", "eu-west-1", "m5.large"),
        ("gcp", "europe-west1", "e2-standard-4"),
        ("azure", "westeurope", "Standard_D4s_v5"),
    )
}


def _kinds(group: str, *plurals: str) -> list[Where]:
    return [(group, "v1beta1", each) for each in plurals]


CLUSTERS: dict[str, Where] = {
    "aws": ("eks.aws.m.upbound.io", "v1beta1", "clusters"),
    "gcp": ("container.gcp.m.upbound.io", "v1beta1", "clusters"),
    "azure": ("containerservice.azure.m.upbound.io", "v1beta1", "kubernetesclusters"),
}
"""The kind of the cluster itself."""
COMPOSED: dict[str, list[Where]] = {
    "aws": [
        CLUSTERS["aws"],
        *_kinds("eks.aws.m.upbound.io", "nodegroups", "clusterauths"),
        *_kinds("ec2.aws.m.upbound.io", "vpcs", "subnets", "internetgateways"),
        *_kinds("ec2.aws.m.upbound.io", "routetables", "routes", "routetableassociations"),
        *_kinds("iam.aws.m.upbound.io", "roles", "rolepolicyattachments"),
    ],
    "gcp": [CLUSTERS["gcp"], *_kinds("container.gcp.m.upbound.io", "nodepools")],
    "azure": [
        CLUSTERS["azure"],
        *_kinds("containerservice.azure.m.upbound.io", "kubernetesclusternodepools"),
        *_kinds("azure.m.upbound.io", "resourcegroups"),
    ],
}
"""All that our Compositions make of one there, but for the Usages."""
