"""A network of its own for a cluster: public subnets for load balancers, private ones for nodes, and the ways out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import PlannedStep
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.listed import words
from kubegenie_tui.providers.aws.network_steps import (
    ADDRESS,
    ADDRESSES,
    ASSOCIATED,
    ATTACHED,
    DNS,
    GATEWAY,
    NAT,
    ROUTE,
    ROUTES,
    SUBNET,
    VPC,
    Kind,
    Link,
    Linked,
    Thing,
    thing,
)
from kubegenie_tui.providers.aws.steps import AwsStep

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_spec import EksSpec

_ANYWHERE = "0.0.0.0/0"
_FIRST_PUBLIC = 4
"""The first four parts of the network are private subnets."""


def node_subnets(spec: "EksSpec") -> list[str]:
    """Where nodes are, as requests name them."""
    if spec.network == "existing":
        return list(words(spec.subnets))
    return [f"<subnet/{spec.nodes}/{zone}.id>" for zone in spec.zone_names]


def all_subnets(spec: "EksSpec") -> list[str]:
    """Where the control plane has its interfaces, as requests name them."""
    if spec.network == "existing" or spec.nodes == "public":
        return node_subnets(spec)
    return [*node_subnets(spec), *(f"<subnet/public/{zone}.id>" for zone in spec.zone_names)]


def gateways(spec: "EksSpec") -> int:
    """How many NAT gateways there are."""
    if spec.network == "existing" or spec.nodes == "public":
        return 0
    return 1 if spec.nat == "one" else len(spec.zone_names)


class Network:
    """The steps of a new network, in order."""

    def __init__(self, cloud: Cloud, work: str, spec: "EksSpec") -> None:
        self._cloud = cloud
        self._work = work
        self._spec = spec

    def steps(self) -> Iterator[AwsStep]:
        """All of them."""
        yield self._thing("vpc", f"Network {self._spec.cidr}", VPC, CidrBlock=self._spec.cidr)
        dns = {"VpcId": "<vpc.id>", "EnableDnsHostnames": {"Value": True}}
        yield self._link("vpc/dns", "Names for machines in the network", "ec2:ModifyVpcAttribute", DNS, **dns)
        yield self._thing("gateway", "Internet gateway", GATEWAY)
        attached = {"InternetGatewayId": "<gateway.id>", "VpcId": "<vpc.id>"}
        yield self._link(
            "gateway/attached", "Internet gateway into the network", "ec2:AttachInternetGateway", ATTACHED, **attached
        )
        yield from self._public()
        if self._spec.nodes == "private":
            yield from self._private()

    def _public(self) -> Iterator[AwsStep]:
        yield from self._table("routes/public", "Routes of public subnets", GatewayId="<gateway.id>")
        for number, zone in enumerate(self._spec.zone_names, _FIRST_PUBLIC):
            yield from self._subnet("public", zone, self._spec.blocks[number], "routes/public")
            if self._spec.nodes == "public":
                request = {"SubnetId": f"<subnet/public/{zone}.id>", "MapPublicIpOnLaunch": {"Value": True}}
                yield self._link(
                    f"subnet/public/{zone}/addresses",
                    f"Public addresses for nodes in {zone}",
                    "ec2:ModifySubnetAttribute",
                    ADDRESSES,
                    **request,
                )

    def _private(self) -> Iterator[AwsStep]:
        zones = self._spec.zone_names
        for zone in zones[: gateways(self._spec)]:
            address, nat = f"address/{zone}", f"nat/{zone}"
            yield self._thing(address, f"Address of the NAT gateway in {zone}", ADDRESS, Domain="vpc")
            request = {"SubnetId": f"<subnet/public/{zone}.id>", "AllocationId": f"<{address}.id>"}
            yield self._thing(nat, f"NAT gateway in {zone}", NAT, 120, **request)
            yield from self._table(f"routes/{zone}", f"Routes by the NAT gateway in {zone}", NatGatewayId=f"<{nat}.id>")
        for number, zone in enumerate(zones):
            by = zone if self._spec.nat == "each zone" else zones[0]
            yield from self._subnet("private", zone, self._spec.blocks[number], f"routes/{by}")

    def _table(self, key: str, title: str, **way_out: str) -> Iterator[AwsStep]:
        yield self._thing(key, title, ROUTES, VpcId="<vpc.id>")
        route = {"RouteTableId": f"<{key}.id>", "DestinationCidrBlock": _ANYWHERE, **way_out}
        yield self._link(f"{key}/out", f"{title}: the way out", "ec2:CreateRoute", ROUTE, **route)

    def _subnet(self, side: str, zone: str, block: str, table: str) -> Iterator[AwsStep]:
        key = f"subnet/{side}/{zone}"
        role = "kubernetes.io/role/elb" if side == "public" else "kubernetes.io/role/internal-elb"
        request: dict[str, Any] = {
            "VpcId": "<vpc.id>",
            "CidrBlock": block,
            "AvailabilityZone": zone,
            "tags": {role: "1"},
        }
        yield self._thing(key, f"{side.capitalize()} subnet {block} in {zone}", SUBNET, **request)
        association = {"RouteTableId": f"<{table}.id>", "SubnetId": f"<{key}.id>"}
        title = f"Routes for the {side} subnet in {zone}"
        yield self._link(f"{key}/routes", title, "ec2:AssociateRouteTable", ASSOCIATED, **association)

    def _thing(self, key: str, title: str, kind: Kind, seconds: float = 2, **request: Any) -> Thing:
        return thing(self._cloud, self._work, self._spec.name, key, title, kind, seconds, **request)

    def _link(self, key: str, title: str, call: str, link: Link, **request: Any) -> Linked:
        return Linked(self._cloud, self._work, PlannedStep(key, title, call, request, usual_seconds=2), link)
