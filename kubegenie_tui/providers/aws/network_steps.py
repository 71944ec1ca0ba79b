"""What is made of EC2: a thing that carries tags, or a link between two things, which carries none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubegenie_tui.domain.creation import TAG, PlannedStep, Progress
from kubegenie_tui.providers.aws.cloud import Answer, Cloud
from kubegenie_tui.providers.aws.refusals import Absent
from kubegenie_tui.providers.aws.steps import AwsStep, NotYetMade, as_list, tagged_with, tags
from kubegenie_tui.providers.making import DONE, Approval, Found, Made


@dataclass(frozen=True)
class Kind:
    """A kind of thing of EC2: by which calls it comes, is seen, and goes."""

    type: str
    """As tags name it."""
    create: str
    describe: str
    list: str
    """The field of the answer that holds those that were found."""
    id: str
    delete: str
    answer: str = ""
    """The field of the answer to `create` that holds it; empty when the answer is it."""
    filters: str = "Filters"


VPC = Kind("vpc", "ec2:CreateVpc", "ec2:DescribeVpcs", "Vpcs", "VpcId", "ec2:DeleteVpc", "Vpc")
SUBNET = Kind("subnet", "ec2:CreateSubnet", "ec2:DescribeSubnets", "Subnets", "SubnetId", "ec2:DeleteSubnet", "Subnet")
GATEWAY = Kind(
    "internet-gateway",
    "ec2:CreateInternetGateway",
    "ec2:DescribeInternetGateways",
    "InternetGateways",
    "InternetGatewayId",
    "ec2:DeleteInternetGateway",
    "InternetGateway",
)
ROUTES = Kind(
    "route-table",
    "ec2:CreateRouteTable",
    "ec2:DescribeRouteTables",
    "RouteTables",
    "RouteTableId",
    "ec2:DeleteRouteTable",
    "RouteTable",
)
ADDRESS = Kind(
    "elastic-ip", "ec2:AllocateAddress", "ec2:DescribeAddresses", "Addresses", "AllocationId", "ec2:ReleaseAddress"
)
NAT = Kind(
    "natgateway",
    "ec2:CreateNatGateway",
    "ec2:DescribeNatGateways",
    "NatGateways",
    "NatGatewayId",
    "ec2:DeleteNatGateway",
    "NatGateway",
    "Filter",
)


_GOING = ("deleting", "deleted")


class Thing(AwsStep):
    """Has an id and tags. Names of EC2 are no property of anybody, so nothing of others is ever in the way."""

    def __init__(self, cloud: Cloud, work: str, planned: PlannedStep, kind: Kind) -> None:
        super().__init__(cloud, work, planned)
        self._kind = kind
        self._name = next(
            each["Value"] for each in planned.request["TagSpecifications"][0]["Tags"] if each["Key"] == "Name"
        )

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """That of this work, unless it has gone."""
        filters = [{"Name": f"tag:{TAG}", "Values": [self.work]}, {"Name": "tag:Name", "Values": [self._name]}]
        found = await self.cloud.all(self._kind.describe, self._kind.list, **{self._kind.filters: filters})
        alive = [each for each in found if each.get("State") != "deleted"]
        return Found({"id": alive[0][self._kind.id]}, ours=True) if alive else None

    def told(self, answer: Answer) -> Made:
        """Its id."""
        return {"id": (answer[self._kind.answer] if self._kind.answer else answer)[self._kind.id]}

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """By its state, where it has one."""
        seen = await self._seen(own)
        state = str((seen or {}).get("State", "available"))
        if state in _GOING:
            return Progress(done=False, phase=state, failure="it is being deleted")
        if state == "failed":
            return Progress(done=False, phase=state, failure=str(seen.get("FailureMessage", "")) or "it failed")
        return DONE if state == "available" else Progress(done=False, phase=state)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """By its id. What is on its way out already is left to that."""
        seen = await self._seen(own)
        if seen is None or seen.get("State") not in _GOING:
            await self.cloud.remove(approval, self._kind.delete, {self._kind.id: own["id"]})

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Most things go at once; NAT gateways take their time."""
        seen = await self._seen(own)
        state = str((seen or {}).get("State", "deleting"))
        return DONE if seen is None or state == "deleted" else Progress(done=False, phase=state)

    async def _seen(self, own: Made) -> Any:
        try:
            found = await self.cloud.all(self._kind.describe, self._kind.list, **{f"{self._kind.id}s": [own["id"]]})
        except Absent:
            return None
        return found[0] if found else None


def thing(
    cloud: Cloud, work: str, cluster: str, key: str, title: str, kind: Kind, seconds: float = 2, /, **request: Any
) -> Thing:
    """A step that makes a thing; `tags` of the request come on top of those that everything has."""
    table = tags(cluster, key, work, **request.pop("tags", {}))
    request["TagSpecifications"] = [{"ResourceType": kind.type, "Tags": as_list(table)}]
    return Thing(cloud, work, PlannedStep(key, title, kind.create, request, usual_seconds=seconds), kind)


@dataclass(frozen=True)
class Link:
    """A property of a thing that takes a request of its own."""

    of: Kind
    """The thing it is seen by, and that carries the tags."""
    undo: str = ""
    """The call that takes it away; empty when it goes with its thing."""
    undone_by: tuple[str, ...] = ()
    """The fields of the request that say which."""


DNS = Link(VPC)
ADDRESSES = Link(SUBNET)
ATTACHED = Link(GATEWAY, "ec2:DetachInternetGateway", ("InternetGatewayId", "VpcId"))
ROUTE = Link(ROUTES, "ec2:DeleteRoute", ("RouteTableId", "DestinationCidrBlock"))
ASSOCIATED = Link(ROUTES, "ec2:DisassociateRouteTable")


class Linked(AwsStep):
    """Is found by looking at its thing."""

    def __init__(self, cloud: Cloud, work: str, planned: PlannedStep, link: Link) -> None:
        super().__init__(cloud, work, planned)
        self._link = link

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """It, when its thing is there and has it."""
        try:
            request = self.sent(made)
        except NotYetMade:
            return None
        of = self._link.of
        try:
            things = await self.cloud.all(of.describe, of.list, **{f"{of.id}s": [request[of.id]]})
        except Absent:
            return None
        own = await self._own(things[0], request) if things else None
        return None if own is None else Found(own, ours=tagged_with(self.work, things[0].get("Tags", [])))

    async def _own(self, thing: Mapping[str, Any], request: Mapping[str, Any]) -> Made | None:
        if self._link is DNS:
            asked = {"VpcId": request["VpcId"], "Attribute": "enableDnsHostnames"}
            answer = await self.cloud.read("ec2:DescribeVpcAttribute", **asked)
            return {} if answer["EnableDnsHostnames"]["Value"] else None
        if self._link is ADDRESSES:
            return {} if thing["MapPublicIpOnLaunch"] else None
        if self._link is ATTACHED:
            return {} if any(each["VpcId"] == request["VpcId"] for each in thing["Attachments"]) else None
        if self._link is ROUTE:
            to = request["DestinationCidrBlock"]
            return {} if any(each.get("DestinationCidrBlock") == to for each in thing["Routes"]) else None
        found = [each for each in thing["Associations"] if each.get("SubnetId") == request["SubnetId"]]
        return {"id": found[0]["RouteTableAssociationId"]} if found else None

    def told(self, answer: Answer) -> Made:
        """An association has an id, nothing else has."""
        return {"id": answer["AssociationId"]} if self._link is ASSOCIATED else {}

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """What goes with its thing is left to that."""
        if self._link is ASSOCIATED:
            await self.cloud.remove(approval, self._link.undo, {"AssociationId": own["id"]})
        elif self._link.undo:
            request = self.sent(made)
            await self.cloud.remove(approval, self._link.undo, {each: request[each] for each in self._link.undone_by})
