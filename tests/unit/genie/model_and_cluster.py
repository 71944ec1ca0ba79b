"""A genie between a scripted model and a small simulated cluster, both over the real wire."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.demo.model_script import Script
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.conversation import ChatEvent, Focus, Message, TextDelta, ToolFinished, ToolStarted
from kubegenie_tui.genie.loop import Loop
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.session import Spoken
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.agents.demo_clusters import agent_of, serving, world
from tests.unit.llm.resting import Resting

_MARKS = re.compile(r"<data [0-9a-f]{8}>\n|\n</data [0-9a-f]{8}>")
FOCUS = Focus("prod", "shop", "pods")
DSN = "postgres://checkout:hunter2-very-secret@db:5432/checkout"
SECRET: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "checkout-db", "namespace": "shop"},
    "type": "Opaque",
    "data": {"dsn": "cG9zdGdyZXM6Ly9jaGVja291dDpodW50ZXIyLXZlcnktc2VjcmV0QGRiOjU0MzIvY2hlY2tvdXQ="},
}


class Agents:
    """Several clusters; the first is the current one."""

    def __init__(self, agents: dict[str, ClusterAgent]) -> None:
        self.agents = agents
        self.current = next(iter(agents))

    @property
    def statuses(self) -> tuple[ClusterStatus, ...]:
        return tuple(agent.status for agent in self.agents.values())

    async def open(self, name: str) -> ClusterAgent:
        return self.agents[name]


@dataclass
class Talk:
    """One conversation between them."""

    model: ModelServer
    cluster: Cluster
    agent: ClusterAgent
    scope: Scope
    backend: OpenAIBackend
    events: list[ChatEvent] = field(default_factory=list)

    async def ask(self, text: str = "what is there?", *history: Message) -> list[ChatEvent]:
        self.events = [event async for event in Loop(self.backend, self.scope).run(text, history)]
        return self.events

    @property
    def said(self) -> str:
        """The answer, as it is kept."""
        spoken = Spoken()
        for event in self.events:
            if isinstance(event, TextDelta):
                spoken.take(event)
        return spoken.text

    @property
    def results(self) -> list[ToolFinished]:
        return [event for event in self.events if isinstance(event, ToolFinished)]

    @property
    def started(self) -> list[str]:
        return [event.label for event in self.events if isinstance(event, ToolStarted)]

    def sent(self, request: int = -1) -> list[dict[str, Any]]:
        """The messages of a request."""
        messages: list[dict[str, Any]] = self.model.requests[request].json["messages"]
        return messages

    def answered(self, request: int = -1) -> dict[str, str]:
        """The answers to tool calls that a request carries, by call id, without the marks around them."""
        results = ((m["tool_call_id"], m["content"]) for m in self.sent(request) if m["role"] == "tool")
        return {call: _MARKS.sub("", content) for call, content in results}


@asynccontextmanager
async def talk(
    script: Script,
    made: World | None = None,
    focus: Focus = FOCUS,
    *,
    others: tuple[World, ...] = (),
    backing: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Talk]:
    """`others`: more clusters; `backing`: options of the backend; `options` are the model server's."""
    played = made or world("prod")
    model = ModelServer(script, **options)
    await model.start()
    backend = OpenAIBackend(
        model.base_url, "sk-test-key", "scripted", read_timeout=5, rest=Resting(), **(backing or {})
    )
    try:
        async with serving(played, *others) as server, AsyncExitStack() as stack:
            names = [made.cluster.name for made in (played, *others)]
            agents = {name: await stack.enter_async_context(agent_of(server, name)) for name in names}
            scope = Scope(agents["prod"], focus, Redactor(), Agents(agents))
            yield Talk(model, played.cluster, agents["prod"], scope, backend)
    finally:
        await backend.close()
        await model.stop()
