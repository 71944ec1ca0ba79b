"""A turn stops at once while a change is looked at for it: nothing is proposed, and nothing goes on."""

import asyncio

import pytest

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.model_script import Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.conversation import PlanProposed, ToolFinished, ToolStarted
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.test_by_model import propose, shop
from tests.unit.genie.test_cancelling import Listener


async def test_a_turn_stops_while_the_server_tries_what_is_proposed(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, made = asyncio.Event(), shop()
    model = ModelServer(in_order(Turn(calls=(propose(),)), Turn("I propose it.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, "", "scripted", read_timeout=30)
    async with serving(made) as server, agent_of(server, "prod") as agent:

        async def hold(seconds: float) -> None:
            tried.set()
            await asyncio.sleep(seconds)

        monkeypatch.setattr(server.faults, "delay", hold)
        server.inject(Fault(path="deployments/web", method="PATCH", delay=30.0, count=-1))
        agents = Agents({"prod": agent})
        listener = Listener(Genie(agents, lambda _: backend, looking(agents)), "what would you do about web?")
        await listener.until(ToolStarted)
        await asyncio.wait_for(tried.wait(), 5)
        await listener.stop()
        server.faults.clear()
    assert len(model.requests) == 1
    assert not [event for event in listener.heard if isinstance(event, ToolFinished | PlanProposed)]
    web = made.cluster.get("deployments.apps", "web", "shop")
    assert web is not None
    assert web["spec"]["replicas"] == 2
    await backend.close()
    await model.stop()
