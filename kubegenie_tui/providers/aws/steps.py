"""What all steps have in common: a request that is shown as it is sent, but for what earlier steps bring."""

import re
from collections.abc import Mapping
from typing import Any

from kubegenie_tui.domain.creation import TAG, PlannedStep
from kubegenie_tui.providers.aws.cloud import Answer, Cloud
from kubegenie_tui.providers.aws.refusals import Absent
from kubegenie_tui.providers.making import Approval, Made, Step, TryLater

_REFERENCE = re.compile(r"<([^<>]+)\.(\w+)>")
"""`<vpc.id>`: the `id` of what the step `vpc` made."""


class NotYetMade(Exception):
    """An earlier step has not brought what a request needs."""


def filled(template: Any, made: Mapping[str, Made]) -> Any:
    """A request with what earlier steps made in the places of the references to it.

    Raises:
        NotYetMade: one of them has not made it.
    """
    if isinstance(template, dict):
        return {key: filled(value, made) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(value, made) for value in template]
    if isinstance(template, str) and (reference := _REFERENCE.fullmatch(template)):
        key, field = reference.groups()
        if field not in made.get(key, {}):
            raise NotYetMade(template)
        return made[key][field]
    return template


class AwsStep(Step):
    """One request of AWS that makes something."""

    by_name = False
    """Whether it names what an earlier step made, and does not refer to it."""

    def __init__(self, cloud: Cloud, work: str, planned: PlannedStep) -> None:
        self.cloud = cloud
        self.work = work
        self.planned = planned
        self._asked = False

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Send it. When that was tried before, its answer may have been lost: then it is looked for first."""
        if self._asked and (found := await self.find(made)) is not None and found.ours:
            return found.made
        self._asked = True
        request = self.sent(made)
        try:
            return self.told(await self.cloud.write(approval, self.planned.call, request))
        except Absent as error:
            if request == self.planned.request and not self.by_name:
                raise
            what = f"{self.planned.call}: AWS does not know yet of what was made a moment ago"
            raise TryLater(what, error.why, "wait a while") from error

    def sent(self, made: Mapping[str, Made]) -> dict[str, Any]:
        """What is sent."""
        request: dict[str, Any] = filled(self.planned.request, made)
        return request

    def told(self, answer: Answer) -> Made:
        """What of the answer later steps need."""
        return {}


def tags(cluster: str, key: str, work: str, **more: str) -> dict[str, str]:
    """What is made for a cluster carries these; the name tells a person what it is."""
    return {"Name": f"{cluster}-{key.replace('/', '-')}", TAG: work, **more}


def as_list(table: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as IAM and EC2 take them."""
    return [{"Key": key, "Value": value} for key, value in table.items()]


def tagged_with(work: str, tags: list[dict[str, str]]) -> bool:
    """Whether tags, as IAM and EC2 give them, are those of a work."""
    return {"Key": TAG, "Value": work} in tags
