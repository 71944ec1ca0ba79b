"""A cluster that was made is upgraded and scaled."""

from typing import Any

import pytest

from kubegenie_tui.domain.creation import Bounds, Change, WorkKind, WorkState
from kubegenie_tui.domain.errors import SpecRefused
from tests.clouds.aws_account import Account
from tests.clouds.aws_proxy import AwsProxy, Fault
from tests.clouds.making import Making
from tests.unit.providers.aws.conftest import SMALL


async def test_control_plane_and_then_pools_go_to_the_next_version(
    making: Making, aws: AwsProxy, network: dict[str, str]
) -> None:
    work = await making.made(name="aging", version="1.33", **SMALL, **network)
    assert [each.value for each in await making.works.versions(work)] == ["1.34"]
    with pytest.raises(SpecRefused, match=r"1\.35 is too far from 1\.33 .* upgrade to 1\.34 first"):
        await making.works.review_change(work, Change(WorkKind.UPGRADE, version="1.35"))
    aws.faults.append(Fault("eks:UpdateClusterVersion", lost=True))
    change = await making.changed(work, Change(WorkKind.UPGRADE, version="1.34"))
    assert change.state is WorkState.DONE, change.message
    assert aws.calls.count("eks:UpdateClusterVersion") == 1
    assert aws.eks.over["/clusters/aging"]["version"] == "1.34"
    assert aws.eks.over["/clusters/aging/node-groups/default"]["version"] == "1.34"
    with pytest.raises(SpecRefused, match=r"It is at 1\.34 already"):
        await making.works.review_change(work, Change(WorkKind.UPGRADE, version="1.34"))
    await making.removed(work)


async def test_a_pool_is_scaled(making: Making, account: Account, network: dict[str, str]) -> None:
    work = await making.made(name="growing", **SMALL, **network)
    with pytest.raises(SpecRefused, match="There is no pool other · there are default"):
        await making.works.review_change(work, Change(WorkKind.SCALE, pool="other", count=5))
    change = await making.changed(work, Change(WorkKind.SCALE, pool="default", count=5))
    assert change.state is WorkState.DONE, change.message
    pool = account.client("eks").describe_nodegroup(clusterName="growing", nodegroupName="default")["nodegroup"]
    assert pool["scalingConfig"] == {"minSize": 5, "maxSize": 5, "desiredSize": 5}
    await making.removed(work)


async def test_the_bounds_of_a_pool_are_changed(
    making: Making, account: Account, aws: AwsProxy, network: dict[str, str]
) -> None:
    pool = {"name": "default", "size": "m5.large", "count": 4, "autoscale": True, "minimum": 1, "maximum": 8}
    work = await making.made(name="bounded", **{**SMALL, "pools": [pool]}, **network)

    def scaling() -> dict[str, int]:
        found = account.client("eks").describe_nodegroup(clusterName="bounded", nodegroupName="default")
        config: dict[str, int] = found["nodegroup"]["scalingConfig"]
        return config

    async def after(**asked: Any) -> dict[str, int]:
        change = await making.changed(work, Change(WorkKind.SCALE, pool="default", **asked))
        assert change.state is WorkState.DONE, change.message
        return scaling()

    _, outline = await making.works.review_change(work, Change(WorkKind.SCALE, pool="default", bounds=Bounds(1, 3)))
    assert outline.warnings == ("Its nodes go from 4 to 3",)
    assert outline.steps[0].title == "Node pool default to 3 x m5.large, between 1 and 3"
    assert outline.estimate is not None
    assert [each.count for each in outline.estimate.prices] == [3]
    assert await after(bounds=Bounds(1, 3)) == {"minSize": 1, "maxSize": 3, "desiredSize": 3}
    aws.faults.append(Fault("eks:UpdateNodegroupConfig", lost=True))
    asked = aws.calls.count("eks:UpdateNodegroupConfig")
    assert await after(bounds=Bounds(0, 3)) == {"minSize": 0, "maxSize": 3, "desiredSize": 3}
    assert aws.calls.count("eks:UpdateNodegroupConfig") == asked + 1
    assert await after(count=2) == {"minSize": 0, "maxSize": 3, "desiredSize": 2}
    assert await after(count=5) == {"minSize": 0, "maxSize": 5, "desiredSize": 5}
    await making.removed(work)


async def test_an_upgrade_that_fails_says_why(making: Making, aws: AwsProxy, network: dict[str, str]) -> None:
    work = await making.made(name="stuck", version="1.33", **SMALL, **network)
    aws.eks.broken["update default"] = "Reached max retries while trying to evict pods"
    change = await making.changed(work, Change(WorkKind.UPGRADE, version="1.34"))
    assert change.state is WorkState.FAILED
    assert "PodEvictionFailure: Reached max retries" in change.message
    await making.removed(work)
