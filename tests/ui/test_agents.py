"""The agents on screen: what they do, and what can be asked of them."""

from pathlib import Path
from typing import Any

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.screens.agents import AgentsScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}


async def shown(on: OnDemo) -> None:
    await on.until(lambda: on.names)
    await on.command("agents")
    await on.until(lambda: isinstance(on.app.screen, AgentsScreen) and "prod-eu" in on.names)


async def test_each_cluster_has_an_agent_that_can_be_checked_and_mended(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await shown(on)
        manager = on.app.services.manager
        agent = manager.agent("prod-eu")
        assert agent is not None
        life = manager.supervisor.lives[agent]
        await on.until(lambda: life.checked)
        await on.until_shown("discovery")  # what it does
        before = life.checked
        on.table.select("", "prod-eu")
        await on.pilot.press("h")
        await on.until(lambda: life.checked > before)
        await on.pilot.press("m")
        await on.until(lambda: life.healed == 1 and agent.state is AgentState.RUNNING)


async def test_what_is_looked_at_is_not_shut_down_and_what_is_not_can_be(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await shown(on)
        manager = on.app.services.manager
        on.table.select("", "prod-eu")
        await on.pilot.press("ctrl+d")
        await on.until_shown("prod-eu is looked at")
        on.table.select("", "staging")
        await on.pilot.press("h")
        await on.until_shown("staging does not run")
        await on.pilot.press("i")
        staging = manager.agent("staging")
        await on.until(lambda: staging in manager.supervisor)
        await on.pilot.press("ctrl+d")
        await on.until(lambda: staging not in manager.supervisor)
        assert staging is not None
        assert staging.state is AgentState.STOPPED
