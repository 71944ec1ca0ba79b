"""A change that a program proposes over MCP: heard of in the running app, decided there, and known there only then."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import DOWN
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.domain.proposal import Asked, ProposalState
from kubegenie_tui.genie import aftermath
from kubegenie_tui.paths import database_file
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Phase
from kubegenie_tui.screens.proposals import ProposalsScreen
from kubegenie_tui.store.store import Store
from tests.demo_worlds import demo_worlds
from tests.ui.on_demo import OnDemo, app_on
from tests.ui.test_proposals import node

CORDON = {"operation": "cordon", "kind": "nodes", "name": "node-2"}
OPTIONS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


@asynccontextmanager
async def app_beside(tmp_path: Path, *words: str) -> AsyncIterator[tuple[OnDemo, Client]]:
    """The app, and a client of `kubegenie mcp` with the same kubeconfig and the same home."""
    async with DemoServer(demo_worlds(), down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        arguments = ["-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "mcp", "--context", "prod-eu", *words]
        env = {"KUBEGENIE_HOME": os.environ["KUBEGENIE_HOME"]}
        async with (
            app_on(kubeconfig, **OPTIONS) as (app, pilot),
            Client(StdioServerParameters(command=sys.executable, args=arguments, env=env)) as client,
        ):
            yield OnDemo(app, pilot, server), client


async def called(demo: OnDemo, client: Client, name: str, arguments: dict[str, Any]) -> str:
    """The answer of a tool, while the app goes on."""
    call = asyncio.create_task(client.call_tool(name, arguments))
    await demo.until(call.done)
    [content] = (await call).content
    assert isinstance(content, types.TextContent)
    return content.text


async def opened(demo: OnDemo) -> None:
    """The list of proposals, and the first of them."""
    await demo.command("proposals")
    await demo.until(lambda: isinstance(demo.app.screen, ProposalsScreen))
    await demo.pilot.pause()
    await demo.pilot.press("enter")


async def decided(demo: OnDemo) -> None:
    await demo.asked_to_decide()
    await demo.until_shown("(MCP)")
    await demo.pilot.pause()


async def test_a_proposal_is_heard_of_looked_at_and_applied(tmp_path: Path) -> None:
    async with app_beside(tmp_path) as (demo, client):
        await demo.until_shown("prod-eu")
        told = await called(demo, client, "propose", {"steps": [CORDON], "why": "its disk fails"})
        assert "It is proposal 1 and waits for a person" in told
        assert "unschedulable" not in node(demo)["spec"]
        await demo.until_shown("Proposed on prod-eu: Cordon node node-2")
        await opened(demo)
        await decided(demo)
        assert "unschedulable" not in node(demo)["spec"]
        assert "waiting" in await called(demo, client, "proposal_status", {"id": 1})
        await demo.pilot.press("y")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen) and demo.app.screen.phase is Phase.OVER)
        assert node(demo)["spec"]["unschedulable"] is True
        told = await called(demo, client, "proposal_status", {"id": 1})
        assert "is approved and done" in told
        assert "- node node-2: nothing wrong found" in told
        await demo.pilot.press("escape")
        await demo.command("proposals")
        await demo.until_shown("● done  Cordon node node-2")
        await demo.pilot.press("enter")
        await demo.until_shown("done already")
        assert isinstance(demo.app.screen, ProposalsScreen)


async def asked(server: str, *, cluster: str = "prod-eu") -> None:
    """Another process proposes."""
    ref = ObjectRef("nodes", "node-2", "", cluster)
    plan = Plan("Cordon node [node-2]", cluster, (Step(Verb.PATCH, ref, {"spec": {"unschedulable": True}}),), "x (MCP)")
    store = await Store.open(database_file())
    await store.proposals.add(Asked(plan, server, "W1 reversible", "its disk [fails]"))
    await store.close()


async def state(demo: OnDemo) -> ProposalState:
    [kept] = await demo.app.services.store.proposals.latest()
    return kept.state


async def test_what_is_left_waits_on_and_what_is_dropped_is_refused(tmp_path: Path) -> None:
    async with DemoServer(demo_worlds(), down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        async with app_on(kubeconfig, **OPTIONS) as (app, pilot):
            demo = OnDemo(app, pilot, server)
            await demo.until_shown("12 nodes")
            await asked(server.url("prod-eu"))
            await opened(demo)
            await decided(demo)
            await demo.until_shown("Cordon node [node-2]")
            await pilot.press("escape")
            await demo.until(lambda: not isinstance(app.screen, PlanScreen))
            assert await state(demo) is ProposalState.WAITING
            await demo.command("proposals")
            await demo.until_shown("its disk [fails]")
            await pilot.press("ctrl+d")
            await demo.until_shown("refused  Cordon node [node-2]")
            assert await state(demo) is ProposalState.REFUSED
            assert "unschedulable" not in node(demo)["spec"]


async def test_what_was_approved_and_failed_is_told_as_that(tmp_path: Path) -> None:
    async with DemoServer(demo_worlds(), down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        async with app_on(kubeconfig, **OPTIONS) as (app, pilot):
            demo = OnDemo(app, pilot, server)
            await demo.until_shown("12 nodes")
            await asked(server.url("prod-eu"))
            await opened(demo)
            await decided(demo)
            server.inject(Fault(path="/nodes/node-2", status=403, message="not today", count=-1))
            await pilot.press("y")
            await demo.until(lambda: isinstance(app.screen, PlanScreen) and app.screen.run and app.screen.run.finished)
            await pilot.press("escape")
            await demo.command("proposals")
            await demo.until_shown("failed  Cordon node [node-2]")
            [kept] = await app.services.store.proposals.latest()
            assert "not today" in kept.outcome


async def test_a_cluster_of_the_same_name_elsewhere_is_not_changed(tmp_path: Path) -> None:
    async with DemoServer(demo_worlds(), down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        async with app_on(kubeconfig, **OPTIONS) as (app, pilot):
            demo = OnDemo(app, pilot, server)
            await demo.until_shown("12 nodes")
            await asked("https://10.1.2.3:6443")
            await opened(demo)
            await demo.until_shown("this is meant for another cluster")
            assert not isinstance(app.screen, PlanScreen)
            assert await state(demo) is ProposalState.WAITING


async def test_what_was_approved_is_looked_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aftermath, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(aftermath, "REST_SECONDS", 0.0)
    async with DemoServer(demo_worlds(), down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        async with app_on(kubeconfig, **OPTIONS) as (app, pilot):
            demo = OnDemo(app, pilot, server)
            await demo.until_shown("12 nodes")
            await asked(server.url("prod-eu"))
            await opened(demo)
            await decided(demo)
            await pilot.press("y")
            await demo.until(lambda: isinstance(app.screen, PlanScreen) and app.screen.run and app.screen.run.finished)
            assert "all is well" not in demo.text()
            await pilot.press("escape")
            await demo.until_shown("all is well after")
            await demo.until_shown("node-2: nothing wrong")
