"""A composite on screen: what is deepest at fault, in whole sentences, and where the keys lead from there."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.story.manifests import manifest
from kubegenie_tui.demo.story.stories import DOWN
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.reconcile import ReconcileScreen
from kubegenie_tui.screens.trace import TraceScreen
from kubegenie_tui.widgets.trace_tree import TraceTree
from tests.demo_worlds import demo_worlds
from tests.ui.composed import PLATFORMS, WHY, tell
from tests.ui.on_demo import OnDemo, app_on


@asynccontextmanager
async def app_on_composed(tmp_path: Path, size: tuple[int, int] = (160, 45), **options: Any) -> AsyncIterator[OnDemo]:
    worlds = [world for world in demo_worlds() if world.cluster.name == "staging"]
    tell(worlds[0].cluster)
    async with DemoServer(worlds, down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        async with app_on(kubeconfig, size, demo=True, context="staging", namespace="shop", **options) as (app, pilot):
            yield OnDemo(app, pilot, server)


async def stand_in_table(on: OnDemo, kind: str, name: str) -> None:
    await on.until(lambda: on.names)
    await on.command(f"{kind} shop")
    await on.until(lambda: name in on.names)
    on.table.select("shop", name)
    await on.until(lambda: on.table.current is not None and on.table.current.name == name)


async def traced(on: OnDemo) -> TraceTree:
    await on.until(lambda: isinstance(on.app.screen, TraceScreen) and re.search(r"\d of \d+ not well", on.text()))
    return on.app.screen.query_one(TraceTree)


@pytest.mark.parametrize(
    ("screen", "line", "path", "words"),
    [
        ("trace", f"trace {PLATFORMS} shop", "/platforms/shop\\?", "of 6 not well"),
        ("reconcile", f"reconcile {PLATFORMS} shop", "/platforms/shop\\?", "ReconcileSuccess"),
        ("helm", "helm platform", "/secrets", "fluent-bit-0.48.9"),
    ],
)
async def test_what_a_slow_cluster_tells_is_shown_though_it_is_looked_at_again_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: str, line: str, path: str, words: str
) -> None:
    monkeypatch.setattr(f"kubegenie_tui.screens.{screen}.REFRESH_SECONDS", 0.05)
    async with app_on_composed(tmp_path) as on:
        await on.until(lambda: on.names)
        assert on.server is not None
        on.server.inject(Fault(path=path, method="GET", delay=0.2, count=-1))
        await on.command(line)
        await on.until_shown(words)


def squeezed(text: str) -> str:
    return "".join(text.split())


async def test_a_composite_leads_to_what_is_deepest_at_fault(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        await stand_in_table(on, PLATFORMS, "shop")
        await on.pilot.press("X")
        tree = await traced(on)
        assert tree.current is not None
        assert tree.current.part.name == "shop-gone"
        text = on.text()
        assert "Trace  Platform shop  ◐ 3 of 6 not well  aws, gcp" in text
        assert "It does not exist" in text
        await on.pilot.press("n")
        assert tree.current.part.name == "shop-nodes"
        await on.until(lambda: squeezed(WHY) in squeezed(on.text()))
        await on.pilot.press("n")
        assert tree.current.part.name == "shop"
        await on.until_shown("revision 1, the newest is 2 · platforms.example.org-1 · stays with it (Manual)")
        await on.pilot.press("down", "down")
        await on.until_shown("in use: backups lie in it (Usage order)")


async def test_from_a_part_the_whole_is_shown_and_enter_goes_to_the_object(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path, size=(80, 24)) as on:
        await stand_in_table(on, "nodepools", "shop-nodes")
        await on.command("trace")
        tree = await traced(on)
        assert tree.current is not None
        assert tree.current.part.name == "shop-nodes"
        await on.until(lambda: squeezed(WHY) in squeezed(on.text()))
        await on.pilot.press("home", "enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        await on.until(lambda: on.table.current is not None and on.table.current.name == "shop")
        assert on.explorer.kind is not None
        assert on.explorer.kind.id == PLATFORMS


async def test_how_far_the_operator_is_and_the_trace_lead_to_each_other(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        await stand_in_table(on, PLATFORMS, "shop")
        await on.pilot.press("X")
        await traced(on)
        await on.pilot.press("home", "V")
        await on.until(lambda: isinstance(on.app.screen, ReconcileScreen))
        await on.until_shown("Reconciling  Platform shop")
        await on.until_shown("nobody was found that looks after this kind")
        await on.pilot.press("X")
        await traced(on)


async def test_it_stays_true_while_it_is_open(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        await on.until(lambda: on.names)
        await on.command("trace nodepools shop-nodes")
        tree = await traced(on)
        assert on.server is not None
        cluster = on.server.worlds["staging"].cluster
        pool = cluster.get("nodepools.container.gcp.m.upbound.io", "shop-nodes", "shop")
        assert pool is not None
        conditions = [{"type": each, "status": "True", "reason": "Available"} for each in ("Ready", "Synced")]
        cluster.set_status(pool, {"conditions": conditions})
        await on.until_shown("2 of 6 not well")
        assert tree.current is not None
        assert tree.current.part.name == "shop-nodes"


async def test_what_two_are_made_of_is_shown_whole_once_and_says_of_which(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        assert on.server is not None
        cluster = on.server.worlds["staging"].cluster
        nodes = cluster.get("nodepools.container.gcp.m.upbound.io", "shop-nodes", "shop")
        assert nodes is not None
        reference = {"apiVersion": "platform.example.org/v1", "kind": "Platform", "name": "shop-data"}
        cluster.replace({**nodes, "spec": {"resourceRefs": [reference]}})
        await on.until(lambda: on.names)
        await on.command(f"trace {PLATFORMS} shop")
        tree = await traced(on)
        text = on.text()
        assert "3 of 6 not well" in text
        assert text.count("Bucket shop-gone") == 1
        assert text.count("Platform shop-data") == 2
        await on.pilot.press("home", "down")
        await on.until_shown("a part of Platform shop/shop, NodePool shop/shop-nodes")
        [again] = [at for at, line in enumerate(text.split("\n")) if "↑ see above" in line]
        await on.pilot.press(*["down"] * (again - tree.region.y - tree.cursor))
        assert tree.current is not None
        assert tree.current.part.name == "shop-data"
        await on.pilot.press("ctrl+r")
        await on.app.workers.wait_for_complete()
        assert tree.cursor == again - tree.region.y


async def test_what_is_not_there_cannot_be_gone_to(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        await on.until(lambda: on.names)
        await on.command(f"trace {PLATFORMS} shop")
        await traced(on)
        await on.pilot.press("enter")
        await on.until_shown("There is nothing to go to: it does not exist")
        assert isinstance(on.app.screen, TraceScreen)


async def test_what_is_made_of_nothing_says_what_a_trace_is_for(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        await on.until(lambda: on.names)
        await on.command("trace cm kube-root-ca.crt")
        await on.until_shown("A trace follows composites and claims")
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_an_object_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        await on.until(lambda: on.names)
        await on.command(f"trace {PLATFORMS} nothing")
        await on.until_shown("✖")
        await on.until_shown("could not be looked at")
        assert isinstance(on.app.screen, TraceScreen)


async def test_a_cluster_of_cluster_api_is_told_without_what_only_crossplane_says(tmp_path: Path) -> None:
    async with app_on_composed(tmp_path) as on:
        assert on.server is not None
        cluster = on.server.worlds["staging"].cluster
        cluster.create(definition("cluster.x-k8s.io", "Cluster", "clusters", []))
        message = "* RemoteConnectionProbe: not established yet\n* WorkersAvailable:\n  * MachineDeployment md: 0 of 2"
        conditions = [
            {"type": "Available", "status": "False", "reason": "NotAvailable", "message": message},
            {"type": "ScalingUp", "status": "True", "reason": "ScalingUp", "message": "from 1 to 2"},
        ]
        status = {"conditions": conditions}
        made = manifest("cluster.x-k8s.io/v1", "Cluster", "shop", "shop", spec={"paused": False}, status=status)
        cluster.create(made)
        await on.until(lambda: on.names)
        await on.command("trace clusters.cluster.x-k8s.io shop")
        await traced(on)
        lines = [line.rstrip() for line in on.text().split("\n")]
        at = next(at for at, line in enumerate(lines) if line.endswith("Ready    False  NotAvailable"))
        assert [line.strip() for line in lines[at + 1 : at + 4]] == [
            "* RemoteConnectionProbe: not established yet", "* WorkersAvailable:", "* MachineDeployment md: 0 of 2",
        ]  # fmt: skip
        await on.until_shown("▲ ScalingUp: from 1 to 2")
        assert "SYNCED" not in on.text()
        assert "Synced" not in on.text()
        await on.pilot.press("V")
        await on.until(lambda: isinstance(on.app.screen, ReconcileScreen))
        await on.until(lambda: any(line.strip() == "* MachineDeployment md: 0 of 2" for line in on.text().split("\n")))
