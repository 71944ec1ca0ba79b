"""The repair agent in the app: there by a rule of the settings alone; what it does is looked at as any change is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.agent import KubernetesAgent
from kubegenie_tui.agents.supervisor import Life
from kubegenie_tui.genie.repairing import ASKED_BY
from kubegenie_tui.screens.agents import AgentsScreen
from kubegenie_tui.screens.proposals import ProposalsScreen
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_user_commands import write_settings

STAGING: dict[str, Any] = {"context": "staging", "namespace": "shop", "without": ("prod-eu", "edge-paris")}
DEPLOYMENT = ("deployments.apps", "checkout", "shop")
TITLE = "Resume the rollout of deployment shop/checkout"


def paused(demo: OnDemo) -> bool:
    assert demo.server is not None
    found = demo.server.worlds["staging"].cluster.get(*DEPLOYMENT)
    assert found is not None
    return bool(found["spec"].get("paused"))


@asynccontextmanager
async def agents(tmp_path: Path, settings: str, **options: Any) -> AsyncIterator[OnDemo]:
    """The agents on screen, in a cluster where somebody paused a rollout."""
    write_settings(settings)
    async with app_on_demo(tmp_path, (200, 50), **{**STAGING, **options}) as demo:
        assert demo.server is not None
        cluster = demo.server.worlds["staging"].cluster
        found = cluster.get(*DEPLOYMENT)
        assert found is not None
        cluster.replace({**found, "spec": {**found["spec"], "paused": True}})
        await demo.until(lambda: demo.names)
        await demo.command("agents")
        await demo.until(lambda: isinstance(demo.app.screen, AgentsScreen) and "staging" in demo.names)
        yield demo


def lives(demo: OnDemo) -> dict[KubernetesAgent, Life]:
    """Of the agents that are looked after and are not of a cluster."""
    return {agent: life for crew in demo.app.services.crews for agent, life in crew.supervisor.lives.items()}


async def on_repair(demo: OnDemo) -> None:
    """The cursor stands on the repair agent, which is looked after."""
    await demo.until(lambda: "repair" in demo.names and lives(demo))
    demo.table.select("", "repair")


async def checked(demo: OnDemo, words: str) -> None:
    """The repair agent is told to look now; what it says of it."""
    await on_repair(demo)
    await demo.pilot.press("h")
    await demo.until_shown(words)


async def test_without_a_rule_there_is_none(tmp_path: Path) -> None:
    async with agents(tmp_path, "[agents]\nrepairs_an_hour = 4\n") as demo:
        assert not lives(demo)
        assert "repair" not in demo.names


async def test_what_it_proposes_waits_until_a_person_says_yes(tmp_path: Path) -> None:
    async with agents(tmp_path, '[agents]\nrepair = "propose"\n') as demo:
        await checked(demo, f"staging: {TITLE}: proposed, since")
        await demo.until_shown("KubeGenie")
        assert paused(demo)
        await demo.command("proposals")
        await demo.until(lambda: isinstance(demo.app.screen, ProposalsScreen))
        await demo.until_shown(TITLE)
        await demo.pilot.press("enter")
        await demo.asked_to_decide()
        await demo.until_shown(f"asked by {ASKED_BY}")
        assert paused(demo)
        await demo.pilot.press("y")
        await demo.until(lambda: not paused(demo))


async def test_what_a_rule_allows_is_done_and_can_be_taken_back(tmp_path: Path) -> None:
    async with agents(tmp_path, '[cluster."stag*"]\nrepair = "allow-w1"\n', ticking=True) as demo:
        await checked(demo, f"staging: {TITLE}: done")
        assert not paused(demo)
        [done] = await (await demo.app.services.changes()).undo.recent("staging", 1)
        assert done.title == TITLE
        await demo.command("undo")
        await demo.until_shown(TITLE)


@pytest.mark.parametrize("held", ["protected", "read_only"])
async def test_a_cluster_that_is_protected_or_read_only_is_left_alone(tmp_path: Path, held: str) -> None:
    async with agents(tmp_path, f'[agents]\nrepair = "allow-w1"\n[cluster.staging]\n{held} = true\n') as demo:
        await on_repair(demo)
        [(agent, life)] = lives(demo).items()
        await demo.pilot.press("h")
        await demo.until(lambda: life.checked)
        assert not agent.steps
        assert paused(demo)
