"""A cluster of EKS as it is asked for, with the rules of AWS on what can be."""

import re
from functools import cached_property
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from kubegenie_tui.providers.aws.eks_config import Region
from kubegenie_tui.providers.aws.listed import ADD_ONS, words
from kubegenie_tui.providers.specs import ClusterSpec, NodePool, Unfit, Words, page, takes

ZONES = range(2, 5)
"""How many zones a network may have: EKS wants two, and addresses are divided among four at most."""
LARGEST, SMALLEST = 16, 24
"""Prefixes of a network that is divided into eight subnets, of 16 addresses at least each. Source: VPC quotas."""
POLICIES = {
    "admin": "AmazonEKSClusterAdminPolicy",
    "namespaces": "AmazonEKSAdminPolicy",
    "edit": "AmazonEKSEditPolicy",
    "view": "AmazonEKSViewPolicy",
}
"""What a principal may do, and the access policy that says so."""
_MOST_CIDRS, _MOST_SELECTORS = 40, 5
"""Source: Amazon EKS service quotas, per cluster and per Fargate profile."""
_PRIVATE = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
_ARM = re.compile(r"a1|[a-z]+\d+g[a-z]*")
_GPU = re.compile(r"[gp]\d+[a-z]*")
_PRINCIPAL = re.compile(r"arn:[a-z-]+:iam::\d{12}:(user|role)/[\w+=,.@/-]+")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_InstanceType = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$"), takes("an instance type: m6i.large")
]
_Version = Annotated[str, StringConstraints(pattern=r"^(|1\.\d{2})$"), takes("a version such as 1.34")]
_Key = Annotated[
    str,
    StringConstraints(pattern=r"^(|arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[\w-]+)$"),
    takes("the ARN of a key: arn:aws:kms:eu-west-1:123456789012:key/1234abcd"),
]
_Vpc = Annotated[
    str, StringConstraints(pattern=r"^(|vpc-[0-9a-f]{8,17})$"), takes("the id of a VPC: vpc-0123456789abcdef0")
]


class EksPool(NodePool):
    """A managed node group."""

    size: _InstanceType = Field("m6i.large", title="Instance type")
    max_unavailable: int = Field(1, ge=1, le=100, description="nodes that an upgrade may take away at once")

    @property
    def image(self) -> str:
        """Which of Amazon's images its machines start from."""
        family = self.size.partition(".")[0]
        processor = "ARM_64" if _ARM.fullmatch(family) else "x86_64"
        return f"AL2023_{processor}_{'NVIDIA' if _GPU.fullmatch(family) else 'STANDARD'}"

    @model_validator(mode="after")
    def _enough_left(self) -> "EksPool":
        most = max(self.count, self.maximum if self.autoscale else 1, 1)
        if self.max_unavailable > most:
            raise Unfit(f"{self.max_unavailable} nodes cannot be taken away of {most}", "max_unavailable")
        return self


class EksSpec(ClusterSpec):
    """A control plane, its network, and what runs its pods: node groups, Fargate, or both."""

    region: Region = Field(description="eu-west-1", json_schema_extra=page("Cluster"))
    version: _Version = Field(
        "", description="of Kubernetes; empty for the newest that is the default", json_schema_extra=page("Cluster")
    )
    kms_key: _Key = Field(
        "",
        title="KMS key",
        description="an ARN, to encrypt Secrets with a key of yours",
        json_schema_extra=page("Cluster"),
    )
    add_ons: Words = Field(
        ", ".join(ADD_ONS),
        title="Add-ons",
        description="that AWS installs and keeps",
        json_schema_extra=page("Cluster"),
    )
    access: Words = Field(
        "",
        description=f"ARN=policy of others: {', '.join(POLICIES)}; you are an admin",
        json_schema_extra=page("Cluster"),
    )
    network: Literal["new", "existing"] = Field("new", json_schema_extra=page("Network"))
    cidr: str = Field("10.0.0.0/16", title="CIDR", description="of a new network", json_schema_extra=page("Network"))
    zones: Words = Field("", description="of a new network; empty for the first two", json_schema_extra=page("Network"))
    nodes: Literal["private", "public"] = Field(
        "private", description="private ones reach the internet by NAT", json_schema_extra=page("Network")
    )
    nat: Literal["one", "each zone"] = Field("one", title="NAT gateways", json_schema_extra=page("Network"))
    vpc: _Vpc = Field("", title="VPC", description="an existing one", json_schema_extra=page("Network"))
    subnets: Words = Field("", description="of it, in two zones at least", json_schema_extra=page("Network"))
    endpoint: Literal["public and private", "public", "private"] = Field(
        "public and private",
        title="API server",
        description="from where it is reached",
        json_schema_extra=page("Network"),
    )
    allowed: Words = Field(
        "0.0.0.0/0", title="Allowed from", description="networks of the internet", json_schema_extra=page("Network")
    )
    pools: tuple[EksPool, ...] = Field((), json_schema_extra=page("Node pools"))
    fargate: Words = Field("", description="namespaces whose pods run without nodes", json_schema_extra=page("Fargate"))

    @cached_property
    def zone_names(self) -> tuple[str, ...]:
        """The zones of a new network."""
        return words(self.zones) or (f"{self.region}a", f"{self.region}b")

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """A new network in eight parts: the first four for private subnets, the others for public ones."""
        return tuple(str(each) for each in IPv4Network(self.cidr).subnets(prefixlen_diff=3))

    @cached_property
    def principals(self) -> dict[str, str]:
        """Who else may do what: ARN and access policy."""
        pairs = (each.partition("=") for each in words(self.access))
        return {arn.strip(): POLICIES[policy.strip()] for arn, _, policy in pairs}

    @property
    def partition(self) -> str:
        """The part of AWS that the region lies in, as ARNs name it."""
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((part for prefix, part in prefixes.items() if self.region.startswith(prefix)), "aws")

    @field_validator("cidr")
    @classmethod
    def _can_be_divided(cls, given: str) -> str:
        network = IPv4Network(given)
        if not LARGEST <= network.prefixlen <= SMALLEST:
            raise ValueError(f"from /{LARGEST} to /{SMALLEST}: it is divided into eight")
        if not any(network.subnet_of(each) for each in _PRIVATE):
            raise ValueError("a private network: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10")
        return given

    @field_validator("allowed")
    @classmethod
    def _of_the_internet(cls, given: str) -> str:
        blocks = words(given)
        for each in blocks:
            if any(IPv4Network(each).subnet_of(private) for private in _PRIVATE):
                raise ValueError(f"{each} is no network of the internet")
        if not 1 <= len(blocks) <= _MOST_CIDRS:
            raise ValueError(f"from 1 to {_MOST_CIDRS} networks")
        return given

    @field_validator("access")
    @classmethod
    def _of_principals(cls, given: str) -> str:
        for each in words(given):
            arn, _, policy = (part.strip() for part in each.partition("="))
            if not _PRINCIPAL.fullmatch(arn):
                raise ValueError(f"{arn} is no ARN of a user or a role")
            if policy not in POLICIES:
                raise ValueError(f"{arn}= takes one of {', '.join(POLICIES)}")
        return given

    @field_validator("add_ons")
    @classmethod
    def _known_add_ons(cls, given: str) -> str:
        for each in words(given):
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", each):
                raise ValueError(f"{each} is no add-on: {', '.join(ADD_ONS)}")
        return given

    @field_validator("fargate")
    @classmethod
    def _one_profile(cls, given: str) -> str:
        namespaces = words(given)
        if wrong := [each for each in namespaces if not _NAMESPACE.fullmatch(each)]:
            raise ValueError(f"{wrong[0]} is no namespace")
        if len(namespaces) > _MOST_SELECTORS:
            raise ValueError(f"a Fargate profile takes {_MOST_SELECTORS} namespaces at most")
        return given

    @model_validator(mode="after")
    def _nodes_for_add_ons(self) -> "EksSpec":
        if "coredns" in words(self.add_ons) and not self.pools and "kube-system" not in words(self.fargate):
            raise Unfit("coredns needs nodes: a pool, or kube-system on Fargate", "pools", "fargate", "add_ons")
        return self

    @model_validator(mode="after")
    def _within_a_network(self) -> "EksSpec":
        if self.network == "existing" and (not self.vpc or len(words(self.subnets)) < ZONES[0]):
            raise Unfit("an existing network is a VPC and two subnets at least", "subnets" if self.vpc else "vpc")
        if self.network == "new":
            self._new_network()
        if self.fargate and self.network == "new" and self.nodes == "public":
            raise Unfit(
                "Fargate runs in private subnets alone: choose private nodes, or no Fargate", "nodes", "fargate"
            )
        return self

    def _new_network(self) -> None:
        if self.vpc or self.subnets:
            raise Unfit("a VPC and subnets are given for an existing network", "network")
        if strange := [each for each in self.zone_names if not re.fullmatch(re.escape(self.region) + "[a-z]", each)]:
            raise Unfit(f"{strange[0]} is no zone of {self.region}", "zones")
        if len(self.zone_names) not in ZONES or len(set(self.zone_names)) < len(self.zone_names):
            raise Unfit(f"from {ZONES[0]} to {ZONES[-1]} different zones", "zones")
