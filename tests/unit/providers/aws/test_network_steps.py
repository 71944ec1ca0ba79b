"""NAT gateways take minutes to come and to go: what a process finds that takes up the work in between."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.providers.aws.network_steps import NAT, Thing, thing

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.cloud import Cloud

YES = Approval("digest", "typed shop", 0.0)


class Gateways:
    """The one that there is, in a state."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.removed: list[str] = []

    async def all(self, call: str, key: str, **request: Any) -> list[dict[str, str]]:
        assert (call, key) == ("ec2:DescribeNatGateways", "NatGateways")
        return [{"NatGatewayId": "nat-1", "State": self.state}]

    async def remove(self, approval: Approval, call: str, request: Mapping[str, str]) -> None:
        self.removed.append(request["NatGatewayId"])
        self.state = "deleting"


def gateway(there: Gateways) -> Thing:
    return thing(cast("Cloud", there), "w1", "shop", "nat/a", "NAT gateway", NAT, 120)


async def test_one_that_is_going_already_is_not_asked_to_go_again() -> None:
    there = Gateways("available")
    step = gateway(there)
    found = await step.find({})
    assert found is not None
    await step.remove({}, found.made, YES)
    again = await gateway(there).find({})
    assert again is not None
    await gateway(there).remove({}, again.made, YES)
    assert there.removed == ["nat-1"]
    assert not (await step.is_gone({}, found.made)).done
    there.state = "deleted"
    assert (await step.is_gone({}, found.made)).done
    assert await step.find({}) is None


@pytest.mark.parametrize("state", ["deleting", "deleted"])
async def test_one_that_is_going_never_comes_to_be_there(state: str) -> None:
    progress = await gateway(Gateways(state)).look({}, {"id": "nat-1"})
    assert (progress.done, progress.failure) == (False, "it is being deleted")


async def test_one_that_failed_is_told_as_that_and_can_go() -> None:
    there = Gateways("failed")
    step = gateway(there)
    assert (await step.look({}, {"id": "nat-1"})).failure == "it failed"
    await step.remove({}, {"id": "nat-1"}, YES)
    assert there.removed == ["nat-1"]
