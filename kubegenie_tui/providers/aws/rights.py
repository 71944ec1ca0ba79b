"""Who we are at AWS, and which of the permissions that a cluster takes are missing."""

import re

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.making import Identity

PERMISSIONS = tuple(
    f"{service}:{action}"
    for service, actions in {
        "ec2": (
            "AllocateAddress AssociateRouteTable AttachInternetGateway CreateInternetGateway CreateNatGateway "
            "CreateRoute CreateRouteTable CreateSubnet CreateTags CreateVpc DeleteInternetGateway "
            "DeleteNatGateway DeleteRoute DeleteRouteTable DeleteSubnet DeleteVpc DescribeAddresses "
            "DescribeAvailabilityZones DescribeInstanceTypeOfferings DescribeInstanceTypes "
            "DescribeInternetGateways DescribeNatGateways DescribeRegions DescribeRouteTables DescribeSubnets "
            "DescribeVolumes DescribeVpcAttribute DescribeVpcs DetachInternetGateway DisassociateRouteTable "
            "ModifySubnetAttribute ModifyVpcAttribute ReleaseAddress"
        ),
        "eks": (
            "AssociateAccessPolicy CreateAccessEntry CreateAddon CreateCluster CreateFargateProfile "
            "CreateNodegroup DeleteAccessEntry DeleteAddon DeleteCluster DeleteFargateProfile DeleteNodegroup "
            "DescribeAccessEntry DescribeAddon DescribeCluster DescribeClusterVersions DescribeFargateProfile "
            "DescribeNodegroup DescribeUpdate DisassociateAccessPolicy ListAssociatedAccessPolicies "
            "ListClusters ListUpdates TagResource UpdateClusterVersion UpdateNodegroupConfig "
            "UpdateNodegroupVersion"
        ),
        "elasticloadbalancing": "DescribeLoadBalancers DescribeTags",
        "iam": (
            "AttachRolePolicy CreateRole CreateServiceLinkedRole DeleteRole DetachRolePolicy GetRole "
            "ListAttachedRolePolicies PassRole TagRole"
        ),
    }.items()
    for action in actions.split()
)
"""Everything that we ask of AWS for a cluster of its own network, from the first step to its removal."""
_AT_ONCE = 100
_ASSUMED = re.compile(r"arn:[^:]+:sts::\d+:assumed-role/([^/]+)/.+")


async def identify(cloud: Cloud) -> Identity:
    """Who we are, and what of `PERMISSIONS` we have not, as far as the policies of the identity itself say.

    Raises:
        ProviderError: nobody, and why.
    """
    caller = await cloud.read("sts:GetCallerIdentity")
    arn, account = str(caller["Arn"]), f"account {caller['Account']}"
    if arn.endswith(":root"):
        return Identity(arn, account)
    try:
        return Identity(arn, account, await _missing(cloud, await _source(cloud, arn)))
    except ProviderError as error:
        return Identity(arn, account, unknown=str(error))


async def _source(cloud: Cloud, arn: str) -> str:
    """The identity whose policies count: that of an assumed role is the role."""
    assumed = _ASSUMED.fullmatch(arn)
    return (await cloud.read("iam:GetRole", RoleName=assumed[1]))["Role"]["Arn"] if assumed else arn


async def _missing(cloud: Cloud, source: str) -> tuple[str, ...]:
    missing = []
    for start in range(0, len(PERMISSIONS), _AT_ONCE):
        answers = await cloud.all(
            "iam:SimulatePrincipalPolicy",
            "EvaluationResults",
            PolicySourceArn=source,
            ActionNames=list(PERMISSIONS[start : start + _AT_ONCE]),
        )
        missing += [each["EvalActionName"] for each in answers if each["EvalDecision"] != "allowed"]
    return tuple(sorted(missing))
