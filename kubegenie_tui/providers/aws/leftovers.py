"""What a cluster made of AWS by itself: load balancers for its Services, and disks for its volumes. Both outlive it."""

from collections.abc import Mapping, Sequence
from typing import Any

from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.making import Leftover
from kubegenie_tui.providers.price_sheet import load_sheet

_TAGS_AT_ONCE = 20
"""How many load balancers may be asked for their tags at once. Source: Elastic Load Balancing API reference."""
_DISK_OF_A_NODE = "eks:nodegroup-name"


async def leftovers(cloud: Cloud, cluster: str) -> list[Leftover]:
    """All that carries the tag of the cluster.

    Raises:
        ProviderError: it cannot be looked up.
    """
    return [*await _newer(cloud, cluster), *await _classic(cloud, cluster), *await _volumes(cloud, cluster)]


async def _newer(cloud: Cloud, cluster: str) -> list[Leftover]:
    found = await cloud.all("elbv2:DescribeLoadBalancers", "LoadBalancers")
    names = {str(each["LoadBalancerArn"]): str(each["LoadBalancerName"]) for each in found}
    hourly = load_sheet("eks").network_hourly(cloud.region, "load_balancer")
    made = []
    for some in _in_parts(list(names)):
        told = await cloud.read("elbv2:DescribeTags", ResourceArns=some)
        made += [each["ResourceArn"] for each in told["TagDescriptions"] if _made_by(cluster, each["Tags"])]
    return [Leftover("load balancer", names[each], hourly) for each in made]


async def _classic(cloud: Cloud, cluster: str) -> list[Leftover]:
    found = await cloud.all("elb:DescribeLoadBalancers", "LoadBalancerDescriptions")
    hourly = load_sheet("eks").network_hourly(cloud.region, "classic_load_balancer")
    made = []
    for some in _in_parts([str(each["LoadBalancerName"]) for each in found]):
        told = await cloud.read("elb:DescribeTags", LoadBalancerNames=some)
        made += [each["LoadBalancerName"] for each in told["TagDescriptions"] if _made_by(cluster, each["Tags"])]
    return [Leftover("load balancer", each, hourly) for each in made]


async def _volumes(cloud: Cloud, cluster: str) -> list[Leftover]:
    filters = [{"Name": "tag-key", "Values": [f"kubernetes.io/cluster/{cluster}"]}]
    found = await cloud.all("ec2:DescribeVolumes", "Volumes", Filters=filters)
    made = [each for each in found if _DISK_OF_A_NODE not in {tag["Key"] for tag in each.get("Tags", ())}]
    return [Leftover("volume", f"{each['VolumeId']} ({each['Size']} GB)", _hourly(cloud, each)) for each in made]


def _hourly(cloud: Cloud, volume: Mapping[str, Any]) -> float | None:
    return load_sheet("eks").volume_hourly(cloud.region, str(volume["VolumeType"]), int(volume["Size"]))


def _made_by(cluster: str, tags: Sequence[Mapping[str, str]]) -> bool:
    table = {each["Key"]: each["Value"] for each in tags}
    return f"kubernetes.io/cluster/{cluster}" in table or table.get("elbv2.k8s.aws/cluster") == cluster


def _in_parts(names: list[str]) -> list[list[str]]:
    return [names[start : start + _TAGS_AT_ONCE] for start in range(0, len(names), _TAGS_AT_ONCE)]
