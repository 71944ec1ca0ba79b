"""The agents on screen: what they do, and what can be asked of them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.paths import DATABASE, records_dir
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.screens import agents
from kubegenie_tui.screens.agents import COLUMNS, AgentsScreen
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.store import Store
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.unit.providers.site import Site
from tests.wheels import on_the_path

RESTARTS = [each.title for each in COLUMNS].index("RESTARTS")
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


async def test_its_clock_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await shown(on)
        monkeypatch.setattr(time, "strftime", lambda *_: "half past eight")
        await on.until_shown("half past eight")


@pytest.mark.parametrize("name", ["prod-eu", "staging"])
async def test_a_check_that_takes_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(agents, "LONG", 1e-9)
    async with app_on_demo(tmp_path, **SHOP) as on:
        await shown(on)
        on.table.select("", name)
        agent, gate = on.app.services.manager.agent(name), asyncio.Event()
        assert agent is not None
        monkeypatch.setattr(agent, "check", lambda **_: gate.wait())
        await on.pilot.press("h")
        await on.until_shown("◐ is being checked, ")
        gate.set()
        await on.until(lambda: "is being checked" not in on.text())


async def test_what_is_looked_at_is_not_shut_down_and_what_is_not_can_be(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await shown(on)
        manager = on.app.services.manager
        on.table.select("", "prod-eu")
        await on.pilot.press("ctrl+d")
        await on.until_shown("prod-eu is looked at")
        on.table.select("", "staging")
        staging = manager.agent("staging")
        assert staging is not None
        before = staging.status.checked_at
        await on.pilot.press("h")
        await on.until(lambda: staging.status.checked_at > before)
        await on.until_shown("healthy, not open")
        assert staging not in manager.supervisor
        await on.pilot.press("m")
        await on.until_shown("staging does not run")
        on.table.select("", "rack-7")
        await on.pilot.press("h")
        await on.until_shown("unreachable, not open")
        on.table.select("", "staging")
        await on.pilot.press("i")
        await on.until(lambda: staging in manager.supervisor)
        await on.pilot.press("ctrl+d")
        await on.until(lambda: staging not in manager.supervisor)
        assert staging.state is AgentState.STOPPED


DOOR = """
class Plugin:
    def __init__(self, config): ...
    async def initialize(self): ...
    async def health_check(self): raise OSError("the door is open")
    async def self_heal(self): ...
    async def shutdown(self): ...
"""


@asynccontextmanager
async def with_door(tmp_path: Path, plugin: str) -> AsyncIterator[OnDemo]:
    """The agents, the door's among them, which is allowed."""
    site = Site(tmp_path / "site")
    site.install("door", group="agents", plugin=plugin, manifest='api = 1\nlabel = "a door"\n')
    with on_the_path(site.directory):
        store = await Store.open(records_dir(demo=True) / DATABASE)
        registry = Registry(PluginSettings(), Pins(store.facts))
        await registry.allow(next(each for each in await registry.offers() if each.name == "door"))
        await store.close()
        async with app_on_demo(tmp_path, **SHOP) as on:
            await shown(on)
            await on.until(lambda: "door" in on.names)
            yield on


async def test_an_allowed_agent_of_others_runs_with_the_app_and_tells_why_it_fails(tmp_path: Path) -> None:
    async with with_door(tmp_path, DOOR) as on:
        await on.until_shown("door 1.0")
        on.table.select("", "door")
        await on.until_shown("door crashed in health_check")
        await on.until_shown("OSError: the door is open")
        await on.until_shown("is begun")
        await on.until_shown("failed")


async def test_how_often_it_was_begun_anew_survives_its_end_by_hand(tmp_path: Path) -> None:
    async with with_door(tmp_path, DOOR.replace('raise OSError("the door is open")', "...")) as on:
        [door] = [each for crew in on.app.services.crews for each in crew.agents if each.name == "door"]
        for restarts in (0, 1, 2):
            on.table.select("", "door")
            await on.until(partial(_tells, on, restarts))
            await on.pilot.press("ctrl+d")
            await on.until(lambda: door.state is AgentState.STOPPED)
            await on.pilot.press("i")


def _tells(on: OnDemo, restarts: int) -> bool:
    row = on.table.current
    return row is not None and row.cells[RESTARTS] == restarts
