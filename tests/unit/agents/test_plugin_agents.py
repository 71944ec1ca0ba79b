"""Agents of others, installed, allowed and begun: one that crashes or hangs is begun anew and harms nobody."""

import asyncio
import threading
from pathlib import Path

import pytest

from kubegenie_tui.agents.agent import AgentState, KubernetesAgent
from kubegenie_tui.agents.plugin_agents import PluginAgents
from kubegenie_tui.providers.registry import Registry
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually
from tests.unit.providers.conftest import offer_of, pins, registry, site
from tests.unit.providers.site import Site

__all__ = ["pins", "registry", "site"]
MANIFEST = 'api = 1\nlabel = "watches over something"\n'
HASTE = 0.04
"""Of fifteen seconds for a health check 0.6 are left, of the thirty for beginning 1.2."""
AGENT = """
import asyncio, pathlib, sys, time
from kubegenie_tui.providers.api import KubeGenieError

LOG = pathlib.Path({log!r})

def note(word):
    with LOG.open("a") as file:
        file.write(word + "\\n")

class Plugin:
    def __init__(self, config):
        note("made")
        {made}
    async def initialize(self):
        note("initialize")
        {initialize}
    async def health_check(self):
        note("health_check")
        {health_check}
    async def self_heal(self):
        note("self_heal")
        {self_heal}
    async def shutdown(self):
        note("shutdown")
        {shutdown}
"""
METHODS = ("made", "initialize", "health_check", "self_heal", "shutdown")
ONCE = "if LOG.read_text().count({method!r}) == 1: {act}"
ILL_ONCE = "if LOG.read_text().count('health_check') == 1: raise KubeGenieError('the door is open')"


class Guest:
    """One plugin's agent under supervision."""

    def __init__(self, agents: PluginAgents, clock: FakeClock, log: Path) -> None:
        self.agents = agents
        self.clock = clock
        self._log = log

    @property
    def agent(self) -> KubernetesAgent:
        (agent,) = self.agents.agents
        return agent

    def state(self) -> AgentState:
        """How it is now."""
        return self.agent.state

    @property
    def calls(self) -> list[str]:
        return self._log.read_text().split()

    async def checked(self) -> None:
        """Wait until its check has ended, and the next is waited for."""
        await eventually(lambda: self.clock.waits)

    async def next_check(self) -> None:
        await self.clock.advance(min(self.clock.waits))
        await self.checked()


async def guest(site: Site, registry: Registry, log: Path, patience: float = 1.0, **bodies: str) -> Guest:
    """An agent whose methods do as given, installed, allowed, begun and checked once."""
    log.write_text("")  # noqa: ASYNC240
    body = dict.fromkeys(METHODS, "pass") | bodies
    site.install("watcher", group="agents", plugin=AGENT.format(log=str(log), **body), manifest=MANIFEST)
    await registry.allow(await offer_of(registry, "watcher"))
    clock = FakeClock()
    made = Guest(PluginAgents(registry, patience=patience, clock=clock), clock, log)
    await made.agents.start()
    await made.checked()
    return made


async def test_one_that_is_not_allowed_is_not_begun(site: Site, registry: Registry, tmp_path: Path) -> None:
    site.install("watcher", group="agents", plugin="raise SystemExit", manifest=MANIFEST)
    agents = PluginAgents(registry)
    await agents.start()
    assert agents.agents == []


async def test_while_it_begins_it_is_starting(
    site: Site, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[AgentState] = []
    enter = KubernetesAgent.enter

    def noted(agent: KubernetesAgent, state: AgentState, reason: str = "") -> None:
        entered.append(state)
        enter(agent, state, reason)

    monkeypatch.setattr(KubernetesAgent, "enter", noted)
    host = await guest(site, registry, tmp_path / "log", health_check=ILL_ONCE)
    await host.next_check()
    await host.agents.shutdown()
    starting, running = AgentState.STARTING, AgentState.RUNNING
    assert entered[:4] == [starting, running, starting, AgentState.DEGRADED]
    assert entered[4:] == [AgentState.HEALING, running, AgentState.STOPPED]


async def test_it_is_begun_checked_mended_and_ended(site: Site, registry: Registry, tmp_path: Path) -> None:
    host = await guest(site, registry, tmp_path / "log", health_check=ILL_ONCE)
    assert (host.agent.name, host.agent.source) == ("watcher", "watcher 1.0")
    assert (host.agent.state, host.agent.reason) == (AgentState.DEGRADED, "the door is open")
    await host.next_check()
    assert (host.agent.state, host.agent.reason) == (AgentState.RUNNING, "")
    await host.agents.shutdown()
    assert host.calls == ["made", "initialize", "health_check", "self_heal", "health_check", "shutdown"]
    await eventually(lambda: "agent watcher" not in {thread.name for thread in threading.enumerate()})


@pytest.mark.parametrize("method", METHODS[:3])
@pytest.mark.parametrize(
    ("act", "why"),
    [
        ("raise OSError('no disk')", "OSError: no disk"),
        ("sys.exit('enough')", "SystemExit: enough"),
        ("raise asyncio.CancelledError", "CancelledError"),
        ("time.sleep(12)", "nothing came back for"),
    ],
)
async def test_one_that_fails_is_told_and_begun_anew(
    site: Site, registry: Registry, tmp_path: Path, method: str, act: str, why: str
) -> None:
    host = await guest(site, registry, tmp_path / "log", HASTE, **{method: ONCE.format(method=method, act=act)})
    what = "its making" if method == "made" else method
    assert host.state() is AgentState.FAILED
    assert what in host.agent.reason
    assert why in host.agent.reason
    await host.next_check()
    assert (host.agent.state, host.agent.reason) == (AgentState.RUNNING, "")
    assert host.calls.count("made") == 2
    await host.agents.shutdown()


@pytest.mark.parametrize("act", ["raise OSError('no disk')", "await asyncio.Event().wait()", "time.sleep(12)"])
async def test_one_that_fails_to_mend_itself_is_begun_anew(
    site: Site, registry: Registry, tmp_path: Path, act: str
) -> None:
    host = await guest(site, registry, tmp_path / "log", HASTE, health_check=ILL_ONCE, self_heal=act)
    await host.next_check()
    assert host.state() is AgentState.FAILED
    assert "self_heal" in host.agent.reason
    await host.next_check()
    assert host.state() is AgentState.RUNNING
    assert host.calls.count("made") == 2
    await host.agents.shutdown()


async def test_it_is_begun_anew_after_ever_longer_waits(site: Site, registry: Registry, tmp_path: Path) -> None:
    host = await guest(site, registry, tmp_path / "log", initialize="raise OSError('no disk')")
    waits = []
    for _ in range(6):
        waits.append(min(host.clock.waits))
        await host.next_check()
    assert waits == pytest.approx([0.8, 1.6, 3.2, 6.4, 12.8, 25.6])
    assert host.calls.count("made") == 7
    await host.agents.shutdown()


@pytest.mark.parametrize("act", ["raise OSError('no disk')", "await asyncio.Event().wait()", "time.sleep(12)"])
async def test_the_app_ends_in_time_whatever_its_end_does(
    site: Site, registry: Registry, tmp_path: Path, act: str
) -> None:
    host = await guest(site, registry, tmp_path / "log", 0.2, shutdown=act)
    async with asyncio.timeout(8):
        await host.agents.shutdown()
    assert host.calls[-1] == "shutdown"
    assert host.state() is AgentState.STOPPED
