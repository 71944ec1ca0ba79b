"""What is in an account of AWS, looked at by a plain client of the SDK: nothing of ours is between."""

from typing import Any

import boto3

from kubegenie_tui.domain.creation import StepState, Work

REGION = "us-east-1"
KEYS = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI"}


class Account:
    """One account in one region."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self._url = f"http://{address[0]}:{address[1]}"
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = REGION) -> Any:
        """A plain client of a service."""
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self._url,
                aws_access_key_id=KEYS["access_key"],
                aws_secret_access_key=KEYS["secret_key"],
            )
        return self._clients[service, region]

    def network(self) -> dict[str, str]:
        """A new network of somebody's, as a spec names it: a VPC and two subnets of it."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
            for number, zone in enumerate("ab")
        ]
        return {"vpc": vpc, "subnets": ", ".join(each["SubnetId"] for each in subnets)}

    def create_cluster(self, name: str, role: str, subnets: str) -> None:
        """A cluster of somebody's."""
        where = {"subnetIds": subnets.split(", ")}
        self.client("eks").create_cluster(name=name, roleArn=role, resourcesVpcConfig=where)

    def inventory(self) -> set[str]:
        """Everything that costs money or is in somebody's way."""
        return self._network() | self._roles() | self._clusters()

    def tagged(self, work: str) -> set[str]:
        """The ids of all that carries the tag of a work, of EC2."""
        filters = [{"Name": "key", "Values": ["kubegenie-work"]}, {"Name": "value", "Values": [work]}]
        return {each["ResourceId"] for each in self.client("ec2").describe_tags(Filters=filters)["Tags"]}

    def _network(self) -> set[str]:
        ec2 = self.client("ec2")
        own = {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]}
        nat = [each for each in ec2.describe_nat_gateways()["NatGateways"] if each["State"] != "deleted"]
        tables = [each for each in ec2.describe_route_tables()["RouteTables"] if each["VpcId"] in own]
        return {
            *own,
            *(each["SubnetId"] for each in ec2.describe_subnets()["Subnets"] if each["VpcId"] in own),
            *(each["InternetGatewayId"] for each in ec2.describe_internet_gateways()["InternetGateways"]),
            *(each["NatGatewayId"] for each in nat),
            *(each["AllocationId"] for each in ec2.describe_addresses()["Addresses"]),
            *(each["RouteTableId"] for each in tables),
            *(
                link["RouteTableAssociationId"]
                for each in tables
                for link in each["Associations"]
                if link.get("SubnetId")
            ),
        }

    def _roles(self) -> set[str]:
        iam = self.client("iam")
        found = set()
        for role in iam.list_roles()["Roles"]:
            name = role["RoleName"]
            policies = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
            found |= {role["Arn"], *(f"{name} has {each['PolicyName']}" for each in policies)}
        return found

    def _clusters(self) -> set[str]:
        eks = self.client("eks")
        found = set()
        for name in eks.list_clusters()["clusters"]:
            pools = eks.list_nodegroups(clusterName=name)["nodegroups"]
            profiles = eks.list_fargate_profiles(clusterName=name)["fargateProfileNames"]
            found |= {name, *(f"{name}/{each}" for each in [*pools, *profiles])}
        return found


def on_record(work: Work) -> set[str]:
    """What a work in a network of somebody's says there is, in the words of the inventory."""
    name = work.outline.name
    found = set()
    for each in work.steps:
        if not each.made and each.state is not StepState.DONE:
            continue
        match each.key.split("/"):
            case ["role", _]:
                found.add(each.made["arn"])
            case ["role", part, policy]:
                found.add(f"{name}-{REGION}-{part} has {policy}")
            case ["cluster"]:
                found.add(name)
            case ["pool", pool]:
                found.add(f"{name}/{pool}")
    return found
