"""A cluster is upgraded, control plane first, and its pools are scaled."""

import pytest

from kubegenie_tui.domain.creation import Bounds, Change, Made, WorkKind
from kubegenie_tui.domain.errors import SpecRefused, TryLater
from kubegenie_tui.providers.azure.aks import AksProvider
from tests.clouds.aks import FakeAzure
from tests.unit.providers.azure.conftest import shop
from tests.unit.providers.azure.walking import WORK, YES, Stopped, Walk

UPGRADE = Change(WorkKind.UPGRADE, version="1.34.1")


@pytest.fixture
async def made(azure: FakeAzure, provider: AksProvider) -> dict[str, Made]:
    walk = Walk(await provider.steps(shop(), WORK))
    await walk.run()
    return walk.made


def versions_of(azure: FakeAzure) -> list[str]:
    world = azure.world
    control_plane = world.clusters["shop-aks/shop"].model["properties"]["currentKubernetesVersion"]
    return [control_plane, *(each.model["properties"]["orchestratorVersion"] for each in world.pools.values())]


async def test_it_can_go_to_newer_versions_only(provider: AksProvider, made: dict[str, Made]) -> None:
    assert [choice.value for choice in await provider.versions("shop")] == ["1.34.1"]


async def test_the_control_plane_goes_first(azure: FakeAzure, provider: AksProvider, made: dict[str, Made]) -> None:
    outline = await provider.change_outline(shop(), made, UPGRADE)
    assert [step.title for step in outline.steps] == [
        "Control plane of shop to 1.34.1",
        "Nodes of pool system to 1.34.1",
        "Nodes of pool batch to 1.34.1",
    ]
    steps = await provider.change_steps(shop(), made, UPGRADE, "work-2")
    await Walk(steps[:1]).run()
    assert versions_of(azure) == ["1.34.1", "1.33.5", "1.33.5"]
    walk = Walk(steps)
    await walk.run()
    assert versions_of(azure) == ["1.34.1", "1.34.1", "1.34.1"]
    assert azure.world.pools["shop-aks/shop/batch"].model["properties"]["scaleSetPriority"] == "Spot"
    before = azure.world.inventory
    await walk.remove()
    assert azure.world.inventory == before


@pytest.mark.parametrize("stop", ["upgrade/control-plane", "upgrade/system", "upgrade/batch"])
async def test_another_process_goes_on(azure: FakeAzure, made: dict[str, Made], stop: str) -> None:
    azure.world.looks = 2
    walk = Walk(await AksProvider(azure.config()).change_steps(shop(), made, UPGRADE, "work-2"), stop=stop)
    with pytest.raises(Stopped):
        await walk.run()
    azure.asked.clear()
    again = Walk(await AksProvider(azure.config()).change_steps(shop(), made, UPGRADE, "work-2"), walk.made)
    await again.run()
    assert versions_of(azure) == ["1.34.1", "1.34.1", "1.34.1"]
    assert len([each for each in azure.asked if each.startswith("PUT")]) == 3 - list(again.made).index(stop) - 1


async def test_a_pool_is_scaled(azure: FakeAzure, provider: AksProvider, made: dict[str, Made]) -> None:
    change = Change(WorkKind.SCALE, pool="system", count=5)
    outline = await provider.change_outline(shop(), made, change)
    assert outline.estimate is not None
    assert round(outline.estimate.monthly, 2) == round(5 * 0.23 * 730, 2)
    await Walk(await provider.change_steps(shop(), made, change, "work-2")).run()
    assert azure.world.pools["shop-aks/shop/system"].model["properties"]["count"] == 5


async def test_the_bounds_of_a_pool_are_changed(azure: FakeAzure, provider: AksProvider, made: dict[str, Made]) -> None:
    for bounds, count, said in (
        (Bounds(0, 1), 1, ["Its bounds are 1 and 5 now", "Its nodes go from 2 to 1"]),
        (Bounds(1, 9), 1, ["Its bounds are 0 and 1 now"]),
        (Bounds(3, 3), 3, ["Its bounds are 1 and 9 now", "Its nodes go from 1 to 3"]),
    ):
        change = Change(WorkKind.SCALE, pool="batch", bounds=bounds)
        outline = await provider.change_outline(shop(), made, change)
        assert list(outline.warnings) == said
        assert outline.steps[0].title == f"Pool batch between {bounds.least} and {bounds.most} nodes"
        await Walk(await provider.change_steps(shop(), made, change, "work-2")).run()
        pool = azure.world.pools["shop-aks/shop/batch"].model["properties"]
        assert (pool["minCount"], pool["maxCount"], pool["count"]) == (bounds.least, bounds.most, count)
        assert (pool["enableAutoScaling"], pool["scaleSetPriority"]) == (True, "Spot")
        (again,) = await provider.change_steps(shop(), made, change, "work-2")
        assert await again.find(made) is not None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change(WorkKind.UPGRADE, version="1.32.7"), "version"),
        (Change(WorkKind.SCALE, pool="gone", count=1), "pool"),
        (Change(WorkKind.SCALE, pool="batch", count=1), "pool"),
        (Change(WorkKind.SCALE, pool="system", count=0), "count"),
        (Change(WorkKind.SCALE, pool="system", bounds=Bounds(1, 4)), "pool"),
        (Change(WorkKind.SCALE, pool="gone", bounds=Bounds(1, 4)), "pool"),
        (Change(WorkKind.SCALE, pool="system", count=2_000), "count"),
    ],
)
async def test_what_cannot_be_is_refused(
    provider: AksProvider, made: dict[str, Made], change: Change, field: str
) -> None:
    with pytest.raises(SpecRefused) as told:
        await provider.change_outline(shop(), made, change)
    assert told.value.field == field


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    azure: FakeAzure, provider: AksProvider, made: dict[str, Made]
) -> None:
    (step,) = await provider.change_steps(shop(), made, Change(WorkKind.SCALE, pool="system", count=5), "work-2")
    azure.between = lambda: azure.world.pools["shop-aks/shop/system"].model["properties"].update(eTag="changed")
    with pytest.raises(TryLater, match="Somebody else changed it just now"):
        await step.make(made, YES)
    await step.make(made, YES)
    assert azure.world.pools["shop-aks/shop/system"].model["properties"]["count"] == 5
