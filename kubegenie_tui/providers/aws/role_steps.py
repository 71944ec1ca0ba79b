"""The identities that a cluster acts by: roles of IAM, and the policies of AWS on each."""

import json
from collections.abc import Mapping

from kubegenie_tui.domain.creation import PlannedStep
from kubegenie_tui.providers.aws.cloud import Answer, Cloud
from kubegenie_tui.providers.aws.steps import AwsStep, as_list, tagged_with, tags
from kubegenie_tui.providers.making import Approval, Found, Made

ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "cluster": ("eks.amazonaws.com", ("AmazonEKSClusterPolicy",)),
    "nodes": (
        "ec2.amazonaws.com",
        ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"),
    ),
    "fargate": ("eks-fargate-pods.amazonaws.com", ("AmazonEKSFargatePodExecutionRolePolicy",)),
}
"""Who takes each role, and the policies it has. Source: Amazon EKS user guide, the IAM roles of a cluster."""


def role_steps(cloud: Cloud, work: str, cluster: str, part: str, partition: str) -> list[AwsStep]:
    """A role and its policies. Roles are of the account, so the region is part of the name."""
    taker, policies = ROLES[part]
    key, name = f"role/{part}", f"{cluster}-{cloud.region}-{part}"
    actions = ["sts:AssumeRole", "sts:TagSession"] if part == "cluster" else ["sts:AssumeRole"]
    trust = {"Effect": "Allow", "Principal": {"Service": taker}, "Action": actions}
    request = {
        "RoleName": name,
        "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        "Tags": as_list(tags(cluster, key, work)),
    }
    role = _Role(cloud, work, PlannedStep(key, f"IAM role {name}", "iam:CreateRole", request, usual_seconds=2))
    return [role, *(_policy(cloud, work, name, key, partition, each) for each in policies)]


def _policy(cloud: Cloud, work: str, role: str, key: str, partition: str, policy: str) -> "AwsStep":
    request = {"RoleName": role, "PolicyArn": f"arn:{partition}:iam::aws:policy/{policy}"}
    title = f"{policy} for {role}"
    return _Policy(cloud, work, PlannedStep(f"{key}/{policy}", title, "iam:AttachRolePolicy", request, usual_seconds=2))


class _Role(AwsStep):
    async def find(self, made: Mapping[str, Made]) -> Found | None:
        answer = await self.cloud.seen("iam:GetRole", RoleName=self.planned.request["RoleName"])
        if answer is None:
            return None
        return Found(self.told(answer), ours=tagged_with(self.work, answer["Role"].get("Tags", [])))

    def told(self, answer: Answer) -> Made:
        return {"arn": answer["Role"]["Arn"]}

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        await self.cloud.remove(approval, "iam:DeleteRole", {"RoleName": self.planned.request["RoleName"]})


class _Policy(AwsStep):
    by_name = True

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        name = self.planned.request["RoleName"]
        role = await self.cloud.seen("iam:GetRole", RoleName=name)
        if role is None:
            return None
        attached = await self.cloud.all("iam:ListAttachedRolePolicies", "AttachedPolicies", RoleName=name)
        if self.planned.request["PolicyArn"] not in {each["PolicyArn"] for each in attached}:
            return None
        return Found({}, ours=tagged_with(self.work, role["Role"].get("Tags", [])))

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        await self.cloud.remove(approval, "iam:DetachRolePolicy", self.planned.request)
