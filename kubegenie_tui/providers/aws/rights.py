"""Who we are at AWS, and which of the permissions that a cluster takes are missing."""

import re

from kubegenie_tui.domain.errors import KubeGenieError, ProviderError
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.making import Identity, Outline

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
        KubeGenieError: nobody, and why.
    """
    caller = await cloud.read("sts:GetCallerIdentity")
    arn, account = str(caller["Arn"]), f"account {caller['Account']}"
    if arn.endswith(":root"):
        return Identity(arn, account)
    try:
        return Identity(arn, account, await _missing(cloud, await _source(cloud, arn)))
    except KubeGenieError as error:
        return Identity(arn, account, unknown=str(error))


def place_of(region: str, account: str) -> str:
    """Where a cluster is made, as it is shown, put on record, and read again by `require_account`."""
    return f"{region} · account {account}"


async def require_account(cloud: Cloud, outline: Outline) -> None:
    """Raise ProviderError unless we are in the account in which a cluster was begun."""
    account = str((await cloud.read("sts:GetCallerIdentity"))["Account"])
    begun = outline.where.rpartition("account ")[2]
    if account != begun:
        raise ProviderError(
            f"{outline.name} was begun in account {begun} of AWS",
            f"we are in account {account} now",
            f"sign in to {begun}, or give credentials of it",
        )


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
