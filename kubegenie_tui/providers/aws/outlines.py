"""What the making of a cluster would do and cost, looked over with AWS before anybody says yes to it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.aws.blueprint import Blueprint
from kubegenie_tui.providers.aws.choices import zones
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.listed import words
from kubegenie_tui.providers.aws.network import gateways
from kubegenie_tui.providers.aws.refusals import Absent
from kubegenie_tui.providers.aws.rights import place_of
from kubegenie_tui.providers.aws.versions import support
from kubegenie_tui.providers.making import Outline
from kubegenie_tui.providers.price_sheet import Line, Sheet, load_sheet

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_spec import EksPool, EksSpec

LEAVES = (
    "load balancers that Services and Ingresses made, with their security groups",
    "EBS volumes of persistent volumes that are kept",
    "log groups of CloudWatch, if somebody turns logs on",
)
_FREE_ADDRESSES = 6
"""That a control plane needs in each subnet. Source: Amazon EKS user guide, subnet requirements."""


async def outline(cloud: Cloud, spec: "EksSpec") -> Outline:
    """All that would be done.

    Raises:
        SpecRefused: AWS has no such version, zone, subnet or instance type, or a cluster of that name.
        ProviderError: it cannot be looked up.
    """
    kind = await support(cloud, spec.version)
    if kind == "UNSUPPORTED":
        raise SpecRefused(f"EKS has no Kubernetes {spec.version}", "", "choose one of those it has", field="version")
    await _check_name(cloud, spec)
    await _check_network(cloud, spec)
    await _check_sizes(cloud, spec)
    account = (await cloud.read("sts:GetCallerIdentity"))["Account"]
    return told(cloud, spec, place_of(spec.region, account), extended=kind == "EXTENDED_SUPPORT")


def told(cloud: Cloud, spec: "EksSpec", where: str, *, extended: bool = False) -> Outline:
    """The same without a look at AWS."""
    return Outline(
        provider="eks",
        name=spec.name,
        where=where,
        steps=tuple(each.planned for each in Blueprint(cloud, spec).steps()),
        estimate=load_sheet("eks").estimate(_lines(spec, load_sheet("eks"), extended=extended), spec.region),
        leaves=LEAVES,
        warnings=tuple(_warnings(cloud, spec, extended=extended)),
    )


async def _check_name(cloud: Cloud, spec: "EksSpec") -> None:
    """It is told before a network is made, and not after."""
    if await cloud.seen("eks:DescribeCluster", name=spec.name) is not None:
        what, why = f"There is a cluster {spec.name} already", f"in {spec.region}"
        raise SpecRefused(what, why, "choose another name", field="name")


async def _check_network(cloud: Cloud, spec: "EksSpec") -> None:
    if spec.network == "existing":
        await _check_subnets(cloud, spec)
        return
    known = await zones(cloud)
    if strange := [each for each in spec.zone_names if each not in known]:
        raise SpecRefused(
            f"{strange[0]} takes no cluster", f"there are {', '.join(known)}", "choose among these", field="zones"
        )


async def _check_subnets(cloud: Cloud, spec: "EksSpec") -> None:
    try:
        found = await cloud.all("ec2:DescribeSubnets", "Subnets", SubnetIds=list(words(spec.subnets)))
    except Absent as error:
        raise SpecRefused("One of the subnets is not there", error.why, "choose others", field="subnets") from None
    for each in found:
        if each["VpcId"] != spec.vpc:
            raise SpecRefused(f"{each['SubnetId']} is not in {spec.vpc}", "", "choose others", field="subnets")
        if each["AvailableIpAddressCount"] < _FREE_ADDRESSES:
            why = f"EKS needs {_FREE_ADDRESSES} for itself"
            raise SpecRefused(f"{each['SubnetId']} has no addresses left", why, "choose another", field="subnets")
    if len({each["AvailabilityZone"] for each in found}) < 2:
        raise SpecRefused("All subnets are in one zone", "EKS wants two at least", "add one elsewhere", field="subnets")


async def _check_sizes(cloud: Cloud, spec: "EksSpec") -> None:
    sizes = sorted({each.size for each in spec.pools})
    if not sizes:
        return
    filters = [{"Name": "instance-type", "Values": sizes}]
    found = await cloud.all("ec2:DescribeInstanceTypeOfferings", "InstanceTypeOfferings", Filters=filters)
    if strange := set(sizes) - {each["InstanceType"] for each in found}:
        raise SpecRefused(f"{spec.region} has no {min(strange)}", "", "choose another size", field="pools")


def _lines(spec: "EksSpec", sheet: Sheet, *, extended: bool) -> Iterator[Line]:
    plane = "extended" if extended else "standard"
    yield Line(f"control plane, {plane} support", 1, sheet.control_plane[plane])
    for pool in spec.pools:
        yield _nodes(spec, pool, sheet)
        disks = sheet.disk_hourly(spec.region, "gp3")
        yield Line(f"{pool.name}: GB of disk", pool.count * pool.disk_gb, disks)
    if count := gateways(spec):
        yield Line("NAT gateways, without traffic", count, sheet.network_hourly(spec.region, "nat"))
        yield Line("public addresses of NAT gateways", count, sheet.network_hourly(spec.region, "address"))
    if spec.network == "new" and spec.nodes == "public":
        nodes = sum(pool.count for pool in spec.pools)
        yield Line("public addresses of nodes", nodes, sheet.network_hourly(spec.region, "address"))
    if spec.fargate:
        yield Line("pods on Fargate, by their requests", 1, None)
    yield Line("traffic between zones and to the internet", 1, None)


def _nodes(spec: "EksSpec", pool: "EksPool", sheet: Sheet) -> Line:
    price = sheet.node(spec.region, pool.size)
    if price is None or not pool.spot:
        return Line(f"{pool.name}: {pool.size}", pool.count, price.hourly if price else None)
    what = f"{pool.name}: {pool.size}, spot"
    if price.spot_hourly is not None:
        return Line(what, pool.count, price.spot_hourly)
    return Line(f"{what}: less than ${price.hourly:g}/h, and changing", pool.count, None)


def _warnings(cloud: Cloud, spec: "EksSpec", *, extended: bool) -> Iterator[str]:
    if extended:
        yield f"Kubernetes {spec.version} is in extended support: the control plane costs six times as much"
    if spec.endpoint != "private" and "0.0.0.0/0" in words(spec.allowed):
        yield "The API server can be reached from everywhere"
    if spec.endpoint == "private":
        yield "The API server can be reached from inside the network alone: you need a way in, such as a VPN"
    if any(pool.autoscale for pool in spec.pools):
        yield "Bounds of a pool have no effect before something that scales it is installed, such as Cluster Autoscaler"
    if gateways(spec) == 1 and len(spec.zone_names) > 1:
        yield "One NAT gateway for all zones: without its zone, private nodes reach the internet no more"
    if cloud.config.session_token is not None:
        yield "The session token may end before the cluster is there: the work goes on once it is given another"
