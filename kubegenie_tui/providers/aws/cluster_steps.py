"""What is made of EKS itself: the control plane, add-ons, node groups, Fargate profiles, and who may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubegenie_tui.domain.creation import TAG, PlannedStep, Progress
from kubegenie_tui.providers.aws.cloud import Answer, Cloud
from kubegenie_tui.providers.aws.steps import AwsStep
from kubegenie_tui.providers.making import DONE, Approval, Found, Made


@dataclass(frozen=True)
class Part:
    """A part of EKS that has a state: by which calls it comes, is seen, and goes."""

    create: str
    describe: str
    delete: str
    answer: str
    """The field of the answers that holds it."""
    names: tuple[str, ...]
    """The fields of a request that say which it is."""


CLUSTER = Part("eks:CreateCluster", "eks:DescribeCluster", "eks:DeleteCluster", "cluster", ("name",))
ADD_ON = Part("eks:CreateAddon", "eks:DescribeAddon", "eks:DeleteAddon", "addon", ("clusterName", "addonName"))
POOL = Part(
    "eks:CreateNodegroup", "eks:DescribeNodegroup", "eks:DeleteNodegroup", "nodegroup", ("clusterName", "nodegroupName")
)
FARGATE = Part(
    "eks:CreateFargateProfile",
    "eks:DescribeFargateProfile",
    "eks:DeleteFargateProfile",
    "fargateProfile",
    ("clusterName", "fargateProfileName"),
)
ENTRY = Part(
    "eks:CreateAccessEntry",
    "eks:DescribeAccessEntry",
    "eks:DeleteAccessEntry",
    "accessEntry",
    ("clusterName", "principalArn"),
)
_FAILED = ("FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_FAILED", "DEGRADED")


class PartStep(AwsStep):
    """Makes a part and looks after it until it is active."""

    def __init__(self, cloud: Cloud, work: str, planned: PlannedStep, part: Part) -> None:
        super().__init__(cloud, work, planned)
        self._part = part
        self._which = {each: planned.request[each] for each in part.names}

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """By its name, whoever made it."""
        seen = await self._seen()
        return None if seen is None else Found(facts(seen), ours=seen.get("tags", {}).get(TAG) == self.work)

    def told(self, answer: Answer) -> Made:
        """What a kubeconfig and later steps need."""
        return facts(answer[self._part.answer])

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """By its status; what came to be known meanwhile is added to what was made."""
        seen = await self._seen()
        if seen is None:
            return Progress(done=False, failure="it is not there any more")
        own.update(facts(seen))
        status = str(seen.get("status", "ACTIVE"))
        if status in _FAILED:
            return Progress(done=False, phase=status, failure=_issues(seen) or f"its status is {status}")
        return DONE if status == "ACTIVE" else Progress(done=False, phase=status)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """By its name. What is on its way out already is left to that."""
        seen = await self._seen()
        if seen is not None and seen.get("status") != "DELETING":
            await self.cloud.remove(approval, self._part.delete, self._which)

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Until nothing has its name."""
        seen = await self._seen()
        if seen is None:
            return DONE
        status = str(seen.get("status", ""))
        failure = _issues(seen) or "it cannot be deleted" if status == "DELETE_FAILED" else ""
        return Progress(done=False, phase=status, failure=failure)

    async def _seen(self) -> dict[str, Any] | None:
        answer = await self.cloud.seen(self._part.describe, **self._which)
        return None if answer is None else answer[self._part.answer]


class PolicyOfEntry(AwsStep):
    """What an access entry allows: an association, which carries no tags."""

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """The policy, when the entry is there and has it."""
        which = {each: self.planned.request[each] for each in ENTRY.names}
        entry = await self.cloud.seen(ENTRY.describe, **which)
        if entry is None:
            return None
        policies = await self.cloud.all("eks:ListAssociatedAccessPolicies", "associatedAccessPolicies", **which)
        if self.planned.request["policyArn"] not in {each["policyArn"] for each in policies}:
            return None
        return Found({}, ours=entry["accessEntry"].get("tags", {}).get(TAG) == self.work)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """Take it from the entry."""
        which = {each: self.planned.request[each] for each in (*ENTRY.names, "policyArn")}
        await self.cloud.remove(approval, "eks:DisassociateAccessPolicy", which)


def facts(seen: Mapping[str, Any]) -> Made:
    """What is kept of a part: addresses and names, no secret. The CA is what everybody may know."""
    kept = {"arn": _arn(seen), "version": seen.get("version"), "endpoint": seen.get("endpoint")}
    kept["ca"] = seen.get("certificateAuthority", {}).get("data")
    kept["vpc"] = seen.get("resourcesVpcConfig", {}).get("vpcId")
    return {key: value for key, value in kept.items() if value}


def _arn(seen: Mapping[str, Any]) -> str | None:
    keys = ("arn", "nodegroupArn", "addonArn", "fargateProfileArn", "accessEntryArn")
    return next((seen[key] for key in keys if seen.get(key)), None)


def _issues(seen: Mapping[str, Any]) -> str:
    issues = seen.get("health", {}).get("issues", ())
    return "; ".join(f"{each.get('code', '')}: {each.get('message', '')}".strip(": ") for each in issues)
